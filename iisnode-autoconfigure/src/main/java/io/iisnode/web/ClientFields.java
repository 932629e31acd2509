package io.iisnode.web;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import org.jspecify.annotations.Nullable;

import io.iisnode.application.ClientSettings;
import io.iisnode.application.ForwardedHeaders;
import io.iisnode.application.ServerVariable;

/**
 * What an application learns about its clients: fields that only the host may set are
 * kept away where a client has sent them, and set from what the host knows. Thread-safe.
 */
final class ClientFields {

	private static final String PROMOTED_PREFIX = "x-iisnode-";

	private static final String FORWARDED_PREFIX = "x-forwarded-";

	/**
	 * Where proxies and applications look for the address of a client, too.
	 */
	private static final Set<String> CLIENT_ADDRESSES = Set.of("forwarded", "x-real-ip", "x-client-ip",
			"x-cluster-client-ip", "true-client-ip", "fastly-client-ip", "cf-connecting-ip");

	private final ForwardedFields.Form form;

	private final List<IpSubnetFilterRule> trusted;

	private final Map<String, ServerVariable> promoted = new LinkedHashMap<>();

	private final boolean principalNeeded;

	private final Set<String> dropped = new HashSet<>();

	private final List<String> droppedPrefixes = new ArrayList<>();

	/**
	 * First letters of names that are not simply passed on.
	 */
	private final boolean[] suspicious = new boolean[128];

	/**
	 * Compiles the settings.
	 * @param settings the settings
	 */
	ClientFields(ClientSettings settings) {
		this.form = form(settings);
		this.trusted = settings.trustedRules();
		for (ServerVariable variable : settings.promotedVariables()) {
			this.promoted.put("X-iisnode-" + variable, variable);
		}
		for (String name : settings.droppedHeaders()) {
			String plain = withHyphens(name);
			if (plain.endsWith("*")) {
				this.droppedPrefixes.add(plain.substring(0, plain.length() - 1));
			}
			else {
				this.dropped.add(plain);
			}
			this.suspicious[plain.charAt(0)] = true;
		}
		CLIENT_ADDRESSES.forEach((name) -> this.suspicious[name.charAt(0)] = true);
		this.suspicious['x'] = true;
		this.principalNeeded = this.promoted.values().stream().anyMatch(ServerVariable::isAboutPrincipal);
	}

	private static ForwardedFields.Form form(ClientSettings settings) {
		ForwardedHeaders chosen = settings.forwardedHeaders();
		return new ForwardedFields.Form(settings.xffEnabled(),
				!settings.xffEnabled() && (chosen == ForwardedHeaders.X_FORWARDED || chosen == ForwardedHeaders.BOTH),
				chosen == ForwardedHeaders.FORWARDED || chosen == ForwardedHeaders.BOTH);
	}

	/**
	 * Whether it has to be known who the client is logged in as.
	 */
	boolean needPrincipal() {
		return this.principalNeeded;
	}

	/**
	 * Whether what a peer says about its clients counts.
	 * @param peer the address at the other end of the connection
	 */
	boolean trust(@Nullable SocketAddress peer) {
		if (peer instanceof InetSocketAddress address && !this.trusted.isEmpty() && !address.isUnresolved()) {
			for (IpSubnetFilterRule rule : this.trusted) {
				if (rule.matches(address)) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Whether a field is about the client: where it passes, a trusted proxy has set it.
	 * @param name the name in small letters
	 */
	static boolean tellsClient(String name) {
		String plain = withHyphens(name);
		return plain.startsWith(FORWARDED_PREFIX) || CLIENT_ADDRESSES.contains(plain);
	}

	/**
	 * Whether a field that a client sent is kept from the application. A name is taken
	 * for the same, whether it has hyphens or underscores.
	 * @param name the name in small letters
	 * @param trusted whether the peer's word counts
	 */
	boolean withhold(String name, boolean trusted) {
		char first = name.charAt(0);
		if (first >= this.suspicious.length || (!this.suspicious[first])) {
			return false;
		}
		String plain = withHyphens(name);
		if (tellsClient(plain)) {
			return !trusted || this.form.writes(plain);
		}
		if (plain.startsWith(PROMOTED_PREFIX) || this.dropped.contains(plain)) {
			return true;
		}
		for (String prefix : this.droppedPrefixes) {
			if (plain.startsWith(prefix)) {
				return true;
			}
		}
		return false;
	}

	private static String withHyphens(String name) {
		return (name.indexOf('_') < 0) ? name : name.replace('_', '-');
	}

	/**
	 * Adds what the application is told.
	 * @param target the fields that it gets
	 * @param received the fields that the client sent
	 * @param facts what is known of the client
	 */
	void tell(HttpHeaders target, HttpHeaders received, ClientFacts facts) {
		ForwardedFields.add(target, received, facts, this.form);
		this.promoted.forEach((name, variable) -> {
			String value = ServerVariables.value(variable, facts);
			if (value != null && !value.isEmpty()) {
				target.add(name, (variable == ServerVariable.QUERY_STRING) ? HeaderText.encodeRest(value)
						: HeaderText.encode(value));
			}
		});
	}

}
