package io.iisnode.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.StickySettings;
import io.iisnode.process.Affinity;
import io.iisnode.process.ProcessSelection;
import io.iisnode.transport.Randomness;

/**
 * Ties the requests of a client to one process. Our own cookie names the place of a
 * process in the pool, not the process, so that it outlives it; and it is signed, so that
 * nobody can make one up. Thread-safe.
 */
final class StickySessions {

	private static final String ALGORITHM = "HmacSHA256";

	private static final SecureRandom RANDOM = Randomness.generator();

	/**
	 * For hosts that have not been given one.
	 */
	private static final byte[] RANDOM_SECRET = random(32);

	private static final int NONCE_LENGTH = 9;

	private final StickySettings settings;

	private final String application;

	private final String cookieName;

	private final int slots;

	private final SecretKeySpec key;

	private StickySessions(NodeApplication application, StickySettings settings) {
		this.settings = settings;
		this.application = application.name();
		this.cookieName = settings.name().isEmpty() ? "iisnode-" + application.name().replaceAll("[^A-Za-z0-9._-]", ".")
				: settings.name();
		this.slots = application.definition().settings().process().processCount();
		byte[] secret = settings.secret().getBytes(StandardCharsets.UTF_8);
		this.key = new SecretKeySpec((secret.length > 0) ? secret : RANDOM_SECRET, ALGORITHM);
	}

	/**
	 * The ties of an application.
	 * @return null if its requests are not tied to processes
	 */
	static @Nullable StickySessions of(NodeApplication application) {
		return (application.definition().settings().process().selection() == ProcessSelection.STICKY)
				? new StickySessions(application, application.definition().settings().sticky()) : null;
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		RANDOM.nextBytes(bytes);
		return bytes;
	}

	/**
	 * What ties a request.
	 * @return null if nothing does
	 */
	@Nullable Affinity affinity(ServerHttpRequest request) {
		String value = switch (this.settings.source()) {
			case OWN_COOKIE -> cookie(request, this.cookieName);
			case COOKIE -> cookie(request, this.settings.name());
			case HEADER -> request.getHeaders().getFirst(this.settings.name());
			case QUERY -> request.getQueryParams().getFirst(this.settings.name());
		};
		if (value == null || value.isEmpty()) {
			return null;
		}
		return (this.settings.source() == StickySettings.Source.OWN_COOKIE) ? verified(value) : Affinity.ofKey(value);
	}

	private static @Nullable String cookie(ServerHttpRequest request, String name) {
		HttpCookie cookie = request.getCookies().getFirst(name);
		return (cookie != null) ? cookie.getValue() : null;
	}

	/**
	 * Whether a client without an affinity is to be given a cookie.
	 */
	boolean setsCookie() {
		return this.settings.source() == StickySettings.Source.OWN_COOKIE;
	}

	/**
	 * The cookie that ties a client from now on.
	 * @param slot place of the process that has served it
	 * @param secure whether the client speaks TLS
	 * @return the value of Set-Cookie
	 */
	String cookie(int slot, boolean secure) {
		String content = slot + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(random(NONCE_LENGTH));
		return ResponseCookie.from(this.cookieName, content + "." + signature(content))
			.path("/")
			.httpOnly(true)
			// Browsers take SameSite=None from a secure cookie only.
			.secure(secure || this.settings.sameSite() == StickySettings.SameSite.NONE)
			.sameSite(this.settings.sameSite().attribute())
			.build()
			.toString();
	}

	private @Nullable Affinity verified(String value) {
		int end = value.lastIndexOf('.');
		int first = value.indexOf('.');
		if (first <= 0 || first > 6 || end <= first) {
			return null;
		}
		String content = value.substring(0, end);
		if (!MessageDigest.isEqual(signature(content).getBytes(StandardCharsets.UTF_8),
				value.substring(end + 1).getBytes(StandardCharsets.UTF_8))) {
			return null;
		}
		int slot = Integer.parseInt(content.substring(0, first));
		// There may be fewer processes than when it was made.
		return (slot < this.slots) ? Affinity.toSlot(slot) : null;
	}

	private String signature(String content) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			mac.update(this.application.getBytes(StandardCharsets.UTF_8));
			mac.update((byte) 0);
			return Base64.getUrlEncoder()
				.withoutPadding()
				.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java has " + ALGORITHM, ex);
		}
	}

}
