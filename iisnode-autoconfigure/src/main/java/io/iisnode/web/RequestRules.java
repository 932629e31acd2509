package io.iisnode.web;

import java.util.Iterator;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What a request must be like to be given to an application: its end and its addressee
 * are beyond doubt. Netty has refused much before (bare line ends, names that are no
 * tokens, control characters, contradicting lengths); this is the rest.
 */
final class RequestRules {

	/**
	 * Characters of a host and a port beside letters and digits (RFC 3986, section
	 * 3.2.2).
	 */
	private static final String HOST_PUNCTUATION = "-._~!$&'()*+,;=:[]%";

	private RequestRules() {
	}

	/**
	 * Looks for a fault.
	 * @param version version of HTTP that the client speaks
	 * @param method the method
	 * @param target the target as the client sent it
	 * @param headers the fields that the application would get
	 * @return what is wrong, null if nothing is
	 */
	static @Nullable String fault(HttpVersion version, HttpMethod method, String target, HttpHeaders headers) {
		if (!RequestTarget.isValid(method, target)) {
			return "The target is in none of the forms of RFC 9112, section 3.2";
		}
		String framing = framingFault(headers);
		return (framing != null) ? framing : hostFault(version, headers);
	}

	/**
	 * RFC 9112, sections 6.1 to 6.3. Codings other than chunked would have to be undone,
	 * or passed on, but nobody uses them.
	 */
	private static @Nullable String framingFault(HttpHeaders headers) {
		CharSequence coding = null;
		Iterator<? extends CharSequence> codings = headers.valueCharSequenceIterator(HttpHeaderNames.TRANSFER_ENCODING);
		if (codings.hasNext()) {
			coding = codings.next();
			if (codings.hasNext()
					|| !AsciiString.contentEqualsIgnoreCase(AsciiString.trim(coding), HttpHeaderValues.CHUNKED)) {
				return "Transfer-Encoding is something else than chunked";
			}
		}
		Iterator<? extends CharSequence> lengths = headers.valueCharSequenceIterator(HttpHeaderNames.CONTENT_LENGTH);
		if (!lengths.hasNext()) {
			return null;
		}
		if (coding != null) {
			return "There are Content-Length and Transfer-Encoding";
		}
		return (!isNumber(lengths.next()) || lengths.hasNext()) ? "Content-Length is not one number" : null;
	}

	private static boolean isNumber(CharSequence text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) < '0' || text.charAt(i) > '9') {
				return false;
			}
		}
		return !text.isEmpty();
	}

	/**
	 * RFC 9112, section 3.2. HTTP/2 has a field of its own for it, of which Netty makes a
	 * Host, and must have one of the two (RFC 9113, section 8.3.1).
	 */
	private static @Nullable String hostFault(HttpVersion version, HttpHeaders headers) {
		Iterator<? extends CharSequence> hosts = headers.valueCharSequenceIterator(HttpHeaderNames.HOST);
		if (!hosts.hasNext()) {
			return HttpVersion.HTTP_1_0.equals(version) ? null : "There is no Host";
		}
		if (!isHost(hosts.next())) {
			return "Host is not a host";
		}
		return hosts.hasNext() ? "There is a second Host" : null;
	}

	static boolean isHost(CharSequence text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (!RequestTarget.isLetterOrDigit(c) && HOST_PUNCTUATION.indexOf(c) < 0) {
				return false;
			}
		}
		return true;
	}

}
