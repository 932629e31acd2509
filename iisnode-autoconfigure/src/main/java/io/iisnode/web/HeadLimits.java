package io.iisnode.web;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.HttpDecoderSpec;
import reactor.netty.http.server.HttpRequestDecoderSpec;
import reactor.netty.http.server.HttpServer;

/**
 * Raises the web server's limits for request heads to ours
 * (<code>max-request-buffer-size</code>), which would not count otherwise: those of
 * Reactor Netty are 4 KiB for the request line and 8 KiB for the fields. What the host
 * has set itself stays.
 *
 * @param maxHeadSize longest request head of any application in bytes
 * @param line whether the limit of the request line may be raised
 * @param fields whether the limit of the header fields may be raised
 */
public record HeadLimits(int maxHeadSize, boolean line, boolean fields) implements NettyServerCustomizer {

	/**
	 * Netty counts 32 bytes more for each field (RFC 9113, section 6.5.2), and resets
	 * what is too large. What is too large for us by less than that gets our answer.
	 */
	private static final long HTTP2_FACTOR = 2;

	/**
	 * What Spring Boot sets if it is asked for nothing.
	 */
	private static final Http2SettingsSpec BOOT_SETTINGS = Http2SettingsSpec.builder()
		.maxHeaderListSize(HttpDecoderSpec.DEFAULT_MAX_HEADER_SIZE)
		.build();

	@Override
	public HttpServer apply(HttpServer server) {
		HttpRequestDecoderSpec decoder = server.configuration().decoder();
		HttpServer raised = server.httpRequestDecoder((spec) -> raise(decoder, spec));
		Http2SettingsSpec http2 = server.configuration().http2SettingsSpec();
		if (this.fields && (http2 == null || http2.equals(BOOT_SETTINGS))) {
			return raised.http2Settings((settings) -> settings
				.maxHeaderListSize(Math.max(BOOT_SETTINGS.maxHeaderListSize(), HTTP2_FACTOR * this.maxHeadSize)));
		}
		return raised;
	}

	private HttpRequestDecoderSpec raise(HttpRequestDecoderSpec old, HttpRequestDecoderSpec spec) {
		int ofLine = old.maxInitialLineLength();
		int ofFields = old.maxHeaderSize();
		return spec.initialBufferSize(old.initialBufferSize())
			.validateHeaders(old.validateHeaders())
			.allowDuplicateContentLengths(old.allowDuplicateContentLengths())
			.allowPartialChunks(old.allowPartialChunks())
			.h2cMaxContentLength(old.h2cMaxContentLength())
			.maxInitialLineLength(this.line ? Math.max(ofLine, this.maxHeadSize) : ofLine)
			.maxHeaderSize(this.fields ? Math.max(ofFields, this.maxHeadSize) : ofFields);
	}

}
