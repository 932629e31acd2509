package io.iisnode.application;

import java.util.Locale;

/**
 * What ties requests to a process where <code>process-selection</code> is
 * <code>sticky</code>.
 *
 * @param source where the key stands (<code>sticky-key</code>)
 * @param name name of the header field, cookie or query parameter; that of our own cookie
 * may be empty, then it is made of the name of the application
 * @param secret what our own cookie is signed with (<code>sticky-secret</code>); empty: a
 * random one of the host
 * @param sameSite which requests from pages of other sites carry our own cookie
 * (<code>sticky-cookie-same-site</code>)
 */
public record StickySettings(Source source, String name, String secret, SameSite sameSite) {

	/**
	 * A cookie of our own, signed with a random secret.
	 */
	public static final StickySettings DEFAULTS = new StickySettings(Source.OWN_COOKIE, "", "", SameSite.LAX);

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public StickySettings {
		if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]*")) {
			throw new IllegalArgumentException("sticky-cookie-name cannot be '" + name + "'");
		}
		if (!secret.isEmpty() && secret.length() < 16) {
			throw new IllegalArgumentException("sticky-secret must have 16 characters or more");
		}
	}

	/**
	 * Reads the settings.
	 * @param key <code>cookie</code>, or <code>header:NAME</code>,
	 * <code>cookie:NAME</code>, <code>query:NAME</code>
	 * @param cookieName name of our own cookie, may be empty
	 * @param secret the secret, may be empty
	 * @param sameSite for our own cookie
	 * @return the settings
	 */
	public static StickySettings of(String key, String cookieName, String secret, SameSite sameSite) {
		String[] parts = key.strip().split(":", 2);
		String kind = parts[0].toLowerCase(Locale.ROOT);
		if (parts.length == 1 && kind.equals("cookie")) {
			return new StickySettings(Source.OWN_COOKIE, cookieName, secret, sameSite);
		}
		if (parts.length == 2 && parts[1].matches("[^\\s;,=\"]+")) {
			switch (kind) {
				case "header":
					return new StickySettings(Source.HEADER, parts[1], secret, sameSite);
				case "cookie":
					return new StickySettings(Source.COOKIE, parts[1], secret, sameSite);
				case "query":
					return new StickySettings(Source.QUERY, parts[1], secret, sameSite);
				default:
			}
		}
		throw new IllegalArgumentException(
				"sticky-key must be cookie, header:NAME, cookie:NAME or query:NAME, not '" + key + "'");
	}

	/**
	 * Where the key of a request stands.
	 */
	public enum Source {

		/** In a cookie that we set. */
		OWN_COOKIE,

		/** In a header field. */
		HEADER,

		/** In a cookie that others set. */
		COOKIE,

		/** In a parameter of the query. */
		QUERY

	}

	/**
	 * Values of the attribute of cookies of that name.
	 */
	public enum SameSite {

		/** Navigation only. */
		LAX,

		/** None. */
		STRICT,

		/** All; such a cookie is always secure. */
		NONE;

		/**
		 * The value as it stands in a cookie.
		 * @return the value
		 */
		public String attribute() {
			return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
		}

	}

}
