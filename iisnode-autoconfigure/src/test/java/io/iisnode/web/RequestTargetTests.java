package io.iisnode.web;

import java.net.URI;

import io.netty.handler.codec.http.HttpMethod;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestTarget}.
 */
class RequestTargetTests {

	@ParameterizedTest
	@CsvSource({ "/, /", "/a%2Fb?c, /a%2Fb?c", "//a, //a", "*, *", "http://a, /", "http://a/, /", "http://a/b, /b",
			"http://a:80?b=/c, /?b=/c", "http://a//b, //b", "/a?u=http://b/c, /a?u=http://b/c", "a:80, a:80" })
	void absoluteFormBecomesOriginForm(String target, String expected) {
		assertThat(RequestTarget.originForm(HttpMethod.GET, target)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ' ', quoteCharacter = '~',
			value = { "/a|b /a%7Cb", "/{a}?{b} /%7Ba%7D?%7Bb%7D", "/[a]?[b] /%5Ba%5D?[b]", "/a\\b /a%5Cb",
					"/a?\"b\" /a?%22b%22", "/a<b> /a%3Cb%3E", "/a^b`c /a%5Eb%60c", "/% /%25", "/%2 /%252",
					"/%zz%41 /%25zz%41", "/a#b#c /a#b%23c", "http://a/b|c http://a/b%7Cc", "/\u00e9 /%E9" })
	void whatIsNoUriIsEscaped(String target, String expected) {
		assertThat(RequestTarget.escape(target)).isEqualTo(expected);
		assertThat(URI.create(expected)).hasToString(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "*", "//a", "/a%2Fb%2f;c=d?e=f&g[]=h#i", "/a:b@c+d,e!f$g'h(i)~j_k-l.m" })
	void whatIsAUriIsLeftAlone(String target) {
		assertThat(RequestTarget.escape(target)).isSameAs(target);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/\u0001", "/a\tb", "/a b", "/\u007f", "/\u0000" })
	void whatNobodyTakesIsRefused(String target) {
		assertThat(RequestTarget.escape(target)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /, true", "GET, /a?b, true", "GET, http://a, true", "GET, HTTPS://a:1/b, true", "GET, *, false",
			"OPTIONS, *, true", "GET, a, false", "GET, a:80, false", "CONNECT, a:80, true", "GET, ftp://a/, false",
			"GET, http:///a, false", "GET, http://b@a/, false", "GET, ?a, false" })
	void formsAreTold(String method, String target, boolean valid) {
		assertThat(RequestTarget.isValid(HttpMethod.valueOf(method), target)).isEqualTo(valid);
	}

}
