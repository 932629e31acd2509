package io.iisnode.web;

/**
 * Forms of the request target (RFC 9112, section 3.2).
 */
final class RequestTarget {

	private RequestTarget() {
	}

	/**
	 * Makes an absolute-form target an origin-form one, and leaves any other untouched.
	 * @param target the target as the client sent it
	 * @return what node shall see
	 */
	static String originForm(String target) {
		if (target.startsWith("/") || target.equals("*")) {
			return target;
		}
		int scheme = target.indexOf("://");
		if (scheme < 0) {
			return target;
		}
		int end = scheme + 3;
		while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
			end++;
		}
		String rest = target.substring(end);
		return rest.startsWith("/") ? rest : "/" + rest;
	}

}
