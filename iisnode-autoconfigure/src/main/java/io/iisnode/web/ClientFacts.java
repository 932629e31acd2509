package io.iisnode.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.security.Principal;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.netty.http.server.HttpServerRequest;

/**
 * What the host knows about a client. Where the host takes the word of proxies
 * (<code>server.forward-headers-strategy</code>), this is what they say.
 *
 * @param request the request as the host sees it
 * @param nativeRequest the request as it arrived
 * @param principal who the client is logged in as; null if nobody
 * @param trusted whether the peer is a trusted proxy
 */
record ClientFacts(ServerHttpRequest request, HttpServerRequest nativeRequest, @Nullable Principal principal,
		boolean trusted) {

	@Nullable String clientAddress() {
		return text(this.request.getRemoteAddress());
	}

	/**
	 * The address at the other end of the connection.
	 */
	@Nullable String peerAddress() {
		return text(this.nativeRequest.connectionRemoteAddress());
	}

	static @Nullable String text(@Nullable SocketAddress address) {
		if (!(address instanceof InetSocketAddress socket)) {
			return null;
		}
		// Spring leaves what a proxy has told unresolved. What is no address is not told.
		InetAddress resolved = (socket.getAddress() != null) ? socket.getAddress()
				: NetUtil.createInetAddressFromIpAddressString(socket.getHostString());
		// Without the scope that Java adds to some.
		return (resolved != null) ? NetUtil.toAddressString(resolved) : null;
	}

	boolean isSecure() {
		String scheme = this.request.getURI().getScheme();
		return "https".equals(scheme) || "wss".equals(scheme);
	}

	String scheme() {
		return isSecure() ? "https" : "http";
	}

	/**
	 * Host and port, as the client wrote them.
	 */
	@Nullable String host() {
		return this.request.getURI().getRawAuthority();
	}

	String port() {
		URI uri = this.request.getURI();
		if (uri.getPort() >= 0) {
			return Integer.toString(uri.getPort());
		}
		return isSecure() ? "443" : "80";
	}

}
