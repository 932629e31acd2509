package io.iisnode.web;

import java.net.InetSocketAddress;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Header fields about the client.
 */
class ForwardedFieldsTests {

	private final InetSocketAddress client = new InetSocketAddress("192.0.2.1", 4711);

	private final HttpHeaders headers = new DefaultHttpHeaders();

	@Test
	void addressAndSchemeAreAdded() {
		HttpHeaders result = ForwardedFields.add(this.headers, this.client, "http");
		assertThat(result.get("X-Forwarded-For")).isEqualTo("192.0.2.1");
		assertThat(result.get("X-Forwarded-Proto")).isEqualTo("http");
		assertThat(this.headers).isEmpty();
	}

	@Test
	void theAddressIsAddedBehindThoseOfProxies() {
		this.headers.add("X-Forwarded-For", "198.51.100.7").add("x-forwarded-for", "203.0.113.9");
		HttpHeaders result = ForwardedFields.add(this.headers, this.client, "http");
		assertThat(result.getAll("X-Forwarded-For")).containsExactly("198.51.100.7, 203.0.113.9, 192.0.2.1");
	}

	@Test
	void anAddressThatStandsLastAlreadyIsNotAddedAgain() {
		this.headers.add("X-Forwarded-For", "198.51.100.7,192.0.2.1");
		HttpHeaders result = ForwardedFields.add(this.headers, this.client, "http");
		assertThat(result.getAll("X-Forwarded-For")).containsExactly("198.51.100.7,192.0.2.1");
	}

	@Test
	void aSchemeThatAProxyHasToldIsKept() {
		this.headers.add("X-Forwarded-Proto", "https");
		HttpHeaders result = ForwardedFields.add(this.headers, null, "http");
		assertThat(result.get("X-Forwarded-Proto")).isEqualTo("https");
		assertThat(result.contains("X-Forwarded-For")).isFalse();
	}

}
