package io.iisnode.protocol;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a response must be like to reach a client. Netty's decoder has refused
 * much before; this is the rest.
 */
final class ResponseRules {

	private static final int LOWEST_STATUS = 100;

	private static final int HIGHEST_STATUS = 999;

	private ResponseRules() {
	}

	/**
	 * Looks for a fault.
	 * @return what is wrong, null if nothing is
	 */
	static @Nullable String fault(HttpResponse head) {
		HttpVersion version = head.protocolVersion();
		if (version.majorVersion() != 1 || version.minorVersion() > 1) {
			return "in " + version;
		}
		HttpResponseStatus status = head.status();
		if (status.code() < LOWEST_STATUS || status.code() > HIGHEST_STATUS) {
			return "with the status " + status.code();
		}
		if (hasControl(status.reasonPhrase())) {
			return "with a control character in its reason phrase";
		}
		return isChunkedOrNothing(head.headers()) ? null : "with a Transfer-Encoding other than chunked";
	}

	private static boolean hasControl(String reason) {
		for (int i = 0; i < reason.length(); i++) {
			char c = reason.charAt(i);
			if ((c < ' ' && c != '\t') || c == 0x7F) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Other codings would reach the client without the field that tells of them.
	 */
	private static boolean isChunkedOrNothing(HttpHeaders headers) {
		String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
		return coding == null || (HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding.strip())
				&& headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() == 1);
	}

	/**
	 * Makes the end of a response certain that may be passed on, but leaves doubts about
	 * what comes after it: then its connection serves nobody else.
	 */
	static void settleEnd(HttpResponse head) {
		boolean never = head.status().codeClass() == HttpStatusClass.INFORMATIONAL
				|| head.status().equals(HttpResponseStatus.NO_CONTENT);
		HttpHeaders headers = head.headers();
		// RFC 9110, section 8.6: it has no body, so what would this be the length of?
		String length = (never) ? headers.get(HttpHeaderNames.CONTENT_LENGTH) : null;
		if (length != null) {
			headers.remove(HttpHeaderNames.CONTENT_LENGTH);
		}
		boolean announcesBody = length != null && !length.equals("0");
		// Of several lengths in HTTP/1.0, Netty takes the first.
		if (announcesBody || !HttpVersion.HTTP_1_1.equals(head.protocolVersion())) {
			headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
		}
	}

}
