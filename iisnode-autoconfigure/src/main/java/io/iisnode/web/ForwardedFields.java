package io.iisnode.web;

import java.util.List;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The header fields that tell a Node application who its client is. A chain that comes
 * from a trusted proxy is continued with the address of that proxy; otherwise nothing
 * counts but what the host knows.
 */
final class ForwardedFields {

	private static final String FOR = "X-Forwarded-For";

	private static final String PROTO = "X-Forwarded-Proto";

	private static final String HOST = "X-Forwarded-Host";

	private static final String PORT = "X-Forwarded-Port";

	private static final String FORWARDED = "Forwarded";

	private ForwardedFields() {
	}

	/**
	 * Adds the fields.
	 * @param target the fields that the application gets
	 * @param received the fields that the client sent
	 * @param facts what is known of the client
	 * @param form which fields
	 */
	static void add(HttpHeaders target, HttpHeaders received, ClientFacts facts, Form form) {
		if (form.iisnode) {
			addLikeIisnode(target, received, facts);
		}
		if (form.xForwarded) {
			set(target, FOR, chain(received, FOR, facts.peerAddress(), facts.clientAddress(), facts.trusted()));
			set(target, PROTO, known(received, PROTO, facts.scheme(), facts.trusted()));
			set(target, HOST, known(received, HOST, facts.host(), facts.trusted()));
			set(target, PORT, known(received, PORT, facts.port(), facts.trusted()));
		}
		if (form.forwarded) {
			set(target, FORWARDED, chain(received, FORWARDED, element(facts.peerAddress(), facts),
					element(facts.clientAddress(), facts), facts.trusted()));
		}
	}

	/**
	 * Adds the client's address to those before, whoever wrote them, unless it stands
	 * there already, and its scheme, unless that has been told.
	 */
	private static void addLikeIisnode(HttpHeaders target, HttpHeaders received, ClientFacts facts) {
		String address = facts.clientAddress();
		String before = joined(received, FOR);
		boolean told = address == null || before.equals(address) || before.endsWith(", " + address)
				|| before.endsWith("," + address);
		String all = before.isEmpty() ? address : before + ", " + address;
		set(target, FOR, told ? before : all);
		set(target, PROTO, known(received, PROTO, facts.scheme(), true));
	}

	private static @Nullable String chain(HttpHeaders received, String name, @Nullable String peer,
			@Nullable String client, boolean trusted) {
		String before = trusted ? joined(received, name) : "";
		return before.isEmpty() ? client : before + ", " + peer;
	}

	private static @Nullable String known(HttpHeaders received, String name, @Nullable String ours, boolean trusted) {
		String told = trusted ? joined(received, name) : "";
		return told.isEmpty() ? ours : told;
	}

	private static String joined(HttpHeaders headers, String name) {
		List<String> values = headers.getAll(name);
		return values.isEmpty() ? "" : String.join(", ", values).strip();
	}

	private static void set(HttpHeaders target, String name, @Nullable String value) {
		if (value != null && !value.isEmpty()) {
			target.add(name, value);
		}
	}

	/**
	 * One element of Forwarded (RFC 7239, section 4).
	 */
	private static String element(@Nullable String address, ClientFacts facts) {
		StringBuilder element = new StringBuilder("for=");
		if (address == null) {
			element.append("unknown");
		}
		else if (address.indexOf(':') >= 0) {
			element.append("\"[").append(address).append("]\"");
		}
		else {
			element.append(address);
		}
		String host = facts.host();
		if (host != null) {
			element.append(";host=\"").append(host).append('"');
		}
		return element.append(";proto=").append(facts.scheme()).toString();
	}

	/**
	 * Which fields are set.
	 *
	 * @param iisnode two fields, in iisnode's way
	 * @param xForwarded the four fields that most frameworks know
	 * @param forwarded the field of RFC 7239
	 */
	record Form(boolean iisnode, boolean xForwarded, boolean forwarded) {

		/**
		 * Whether a field is set by us, so that the one received must not be there too.
		 * @param name its name in small letters
		 */
		boolean writes(String name) {
			return switch (name) {
				case "x-forwarded-for", "x-forwarded-proto" -> this.iisnode || this.xForwarded;
				case "x-forwarded-host", "x-forwarded-port" -> this.xForwarded;
				case "forwarded" -> this.forwarded;
				default -> false;
			};
		}

	}

}
