package io.iisnode.web;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpRequest;

/**
 * A request whose target is not a URI, with one that is in its place. Browsers send such
 * targets (<code>/search?q=a|b</code>), node takes them, but Reactor Netty and Spring
 * refuse them.
 */
final class EscapedRequest extends DefaultHttpRequest {

	private final String originalTarget;

	EscapedRequest(HttpRequest request, String escapedTarget) {
		super(request.protocolVersion(), request.method(), escapedTarget, request.headers());
		setDecoderResult(request.decoderResult());
		this.originalTarget = request.uri();
	}

	/**
	 * The target as the client sent it.
	 */
	String originalTarget() {
		return this.originalTarget;
	}

}
