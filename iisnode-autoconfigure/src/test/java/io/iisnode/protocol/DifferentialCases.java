package io.iisnode.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.iisnode.protocol.DifferentialCase.Framing;
import io.iisnode.protocol.DifferentialCase.Http;

/**
 * The recorded set of requests.
 */
final class DifferentialCases {

	private static final int KIB = 1024;

	private static final List<Integer> SIZES = List.of(0, 1, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 64 * KIB - 1,
			64 * KIB, 64 * KIB + 1, 1024 * KIB);

	private DifferentialCases() {
	}

	private static DifferentialCase of(String name, String method, String target) {
		return DifferentialCase.of(name, method, target);
	}

	private static DifferentialCase answered(String name, String script) {
		return DifferentialCase.answered(name, script);
	}

	static List<DifferentialCase> all() {
		return Stream
			.of(methods(), requestBodies(), targets(), requestFields(), expectations(), statuses(), responseBodies(),
					responseFields(), ranges(), ends())
			.flatMap((group) -> group)
			.toList();
	}

	private static Stream<DifferentialCase> methods() {
		List<String> names = List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND",
				"PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "PURGE", "REPORT", "M-SEARCH",
				"MERGE", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "BIND", "REBIND", "UNBIND", "ACL", "MKACTIVITY",
				"MKCALENDAR", "CHECKOUT", "LINK", "UNLINK", "SOURCE");
		return names.stream()
			.flatMap((name) -> Stream.of(of("method " + name, name, "/method"),
					of("method " + name + " with a body", name, "/method").body(Framing.LENGTH, 5)));
	}

	private static Stream<DifferentialCase> requestBodies() {
		List<DifferentialCase> cases = new ArrayList<>();
		for (int size : SIZES) {
			for (Framing framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
				cases.add(of("request body of " + size + ", " + framing, "POST", "/body").body(framing, size));
			}
		}
		cases.add(of("trailers", "POST", "/trailers").body(Framing.CHUNKED, 10).trailers("X-Sum: 1", "x-sum: 2"));
		cases.add(of("trailers without a body", "POST", "/trailers").body(Framing.CHUNKED, 0).trailers("X-Sum: 1"));
		cases.add(of("declared trailers", "POST", "/trailers").with("Trailer: X-Sum")
			.body(Framing.CHUNKED, 10)
			.trailers("X-Sum: 1"));
		cases.add(of("empty trailer", "PUT", "/trailers").body(Framing.CHUNKED, 1).trailers("X-Empty:"));
		cases.add(of("no body, no length", "POST", "/body"));
		for (String encoding : List.of("gzip", "br", "identity", "x-own", "gzip, br")) {
			cases.add(of("request encoded as " + encoding, "POST", "/body").with("Content-Encoding: " + encoding)
				.body(Framing.LENGTH, 100));
		}
		for (String type : List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
				"application/json", "text/plain; charset=latin1", "application/grpc-web+proto", "?", "")) {
			cases.add(of("request of type '" + type + "'", "POST", "/body").with("Content-Type: " + type)
				.body(Framing.LENGTH, 100));
		}
		return cases.stream();
	}

	private static Stream<DifferentialCase> targets() {
		Stream<String> odd = Stream.of("/", "/?", "/a?", "/??", "/a?b?c", "//", "//a", "/a//b", "///", "/a/", "/.",
				"/..", "/./a", "/../a", "/a/./b", "/a/../b", "/%2e%2e/a", "/a/%2E%2E/b", "/a%2Fb", "/a%2fb", "/a%5Cb",
				"/a\\b", "/a;b=c", "/a;b=c/d;e", "/;", "/a,b", "/a|b", "/a?b=c|d", "/{a}", "/a?b={c}", "/a[b]",
				"/a?b[]=1&b[]=2", "/a?b=\"c\"", "/a\"b", "/a<b>", "/a`b", "/a^b", "/a'b", "/a!b", "/a$b", "/a*b",
				"/a(b)", "/~a", "/a:b", "/a@b", "/a&b", "/a=b", "/a+b", "/a%20b", "/a%", "/a%zz", "/a%4", "/%00",
				"/a%00.js", "/%0d%0a", "/%7F", "/%C3%A4", "/%FF", "/\u00c3\u00a4", "/\u00ff", "/a#b", "/a?b#c",
				"/a?http://b/c", "/http://b/c", "/a?b=%E4%BD%A0", "/a?b=c&b=d&&e", "/a.js", "/a.js/b", "/index.html",
				"/.hidden", "/node_modules/a.js", "/a\u0001b", "/a\u007fb", "/" + "a".repeat(4000),
				"/?" + "b".repeat(8000), "/" + "c/".repeat(3000));
		return Stream.concat(odd.map((target) -> of("target " + shortened(target), "GET", target)), Stream.of(
				of("target *", "OPTIONS", "*"),
				of("absolute target", "GET", "http://test.example/a?b").not(Http.HTTP_2),
				of("absolute target without a path", "GET", "http://test.example").not(Http.HTTP_2),
				of("absolute target with a query only", "GET", "http://test.example?b").not(Http.HTTP_2),
				of("absolute target of https", "GET", "https://test.example/a").not(Http.HTTP_2),
				of("absolute target with doubled slashes", "GET", "http://test.example//a//b").not(Http.HTTP_2)));
	}

	private static String shortened(String text) {
		return (text.length() > 40) ? text.substring(0, 10) + "... of " + text.length() : text;
	}

	private static Stream<DifferentialCase> requestFields() {
		return Stream.of(of("fields with odd case", "GET", "/f").with("x-a: 1", "X-B: 2", "X-c-D: 3", "USER-AGENT: t"),
				of("repeated fields", "GET", "/f").with("X-A: 1", "X-B: 1", "X-A: 2", "x-a: 3", "X-A: 1"),
				of("empty value", "GET", "/f").with("X-Empty:", "X-Next: 1"),
				of("blank value", "GET", "/f").with("X-Blank:   ", "X-Next: 1").not(Http.HTTP_2),
				of("blanks around a value", "GET", "/f").with("X-Padded:   a  b  ").not(Http.HTTP_2),
				of("tabs in a value", "GET", "/f").with("X-Tab: a\tb"),
				of("no blank after the colon", "GET", "/f").with("X-Tight:a"),
				of("odd name", "GET", "/f").with("x!#$%&'*+-.^_`|~1: a", "X_Y: b"),
				of("bytes beyond ASCII", "GET", "/f").with("X-Latin: \u00e4\u00f6\u00ff",
						"X-Utf: \u00c3\u00a4\u00e2\u0082\u00ac"),
				of("long value", "GET", "/f").with("X-Long: " + "v".repeat(10_000)),
				of("very long value", "GET", "/f").with("X-Long: " + "v".repeat(60_000)),
				of("long name", "GET", "/f").with("X-" + "n".repeat(3000) + ": 1"),
				of("many fields", "GET", "/f")
					.with(IntStream.range(0, 300).mapToObj((i) -> "X-Field-" + i + ": " + i).toArray(String[]::new)),
				of("one cookie", "GET", "/f").with("Cookie: a=1"),
				of("cookies in one field", "GET", "/f").with("Cookie: a=1; b=2;c=3; d=\"x y\""),
				of("cookies in several fields", "GET", "/f").with("Cookie: a=1", "X-Between: 1", "cookie: b=2; c=3"),
				of("odd cookies", "GET", "/f").with("Cookie: ; =; a; \u00e4=\u00ff; $Version=1"),
				of("authorization", "GET", "/f").with("Authorization: Basic dTpw", "Proxy-Authorization: Basic dTpw"),
				of("accept fields", "GET", "/f").with("Accept: */*;q=0.1, text/html", "Accept-Encoding: gzip, br, zstd",
						"Accept-Language: de-DE, *;q=0", "Accept-Charset: utf-8"),
				of("ranges", "GET", "/f").with("Range: bytes=0-1,-5", "If-Range: \"a\""),
				of("conditions", "GET", "/f").with("If-None-Match: \"a\", W/\"b\"", "If-Match: *",
						"If-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT", "If-Unmodified-Since: 0"),
				of("origin", "GET", "/f").with("Origin: null", "Referer: http://a/?b#c", "Sec-Fetch-Mode: cors"),
				of("preflight", "OPTIONS", "/f").with("Origin: http://a", "Access-Control-Request-Method: PUT",
						"Access-Control-Request-Headers: x-a"),
				of("method override", "POST", "/f").with("X-HTTP-Method-Override: DELETE"),
				of("via and max-forwards", "GET", "/f").with("Via: 1.0 fred", "Max-Forwards: 0",
						"Cache-Control: no-store", "Pragma: no-cache"),
				of("early data and priority", "GET", "/f").with("Early-Data: 1", "Priority: u=1, i"),
				of("date and from", "GET", "/f").with("Date: Sat, 29 Oct 1994 19:43:31 GMT", "From: a@b"),
				of("traces", "GET", "/f").with("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
						"tracestate: a=b", "baggage: c=d"),
				of("names of Netty's notes", "GET", "/f").with("X-Http2-Stream-Weight: 1",
						"X-Http2-Stream-Dependency-Id: 3"),
				of("names of its HTTP/2 notes", "GET", "/f").with("X-Http2-Stream-Id: 1", "X-Http2-Scheme: x")
					.not(Http.HTTP_2),
				of("fields of one connection", "GET", "/f")
					.with("Connection: X-Own, keep-alive", "X-Own: 1", "Keep-Alive: timeout=9",
							"Proxy-Connection: keep-alive", "TE: trailers")
					.not(Http.HTTP_2),
				of("TE", "GET", "/f").with("TE: trailers"),
				of("close", "GET", "/f").with("Connection: close").not(Http.HTTP_2),
				of("upgrade to something unknown", "GET", "/f").with("X-A: 1", "Upgrade-Insecure-Requests: 1"));
	}

	private static Stream<DifferentialCase> expectations() {
		return Stream.of(
				of("expects 100-continue", "POST", "/e").with("Expect: 100-continue").body(Framing.LENGTH, 100),
				of("expects 100-Continue", "PUT", "/e").with("Expect: 100-Continue").body(Framing.CHUNKED, 100),
				of("expects 100-continue without a body", "GET", "/e").with("Expect: 100-continue"),
				of("expects something else", "POST", "/e").with("Expect: a-miracle").body(Framing.LENGTH, 100));
	}

	private static Stream<DifferentialCase> statuses() {
		Stream<Integer> codes = Stream.of(200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299, 300, 301, 302, 303,
				304, 305, 306, 307, 308, 399, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414,
				415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 444, 451, 499, 500, 501, 502, 503, 504,
				505, 507, 508, 511, 520, 599, 600, 999);
		Stream<DifferentialCase> withBody = codes
			.map((code) -> answered("status " + code, "res.statusCode = " + code + "; res.end('of ' + req.method)"));
		Stream<DifferentialCase> special = Stream.of(
				answered("reason of its own", "res.writeHead(200, 'All Is Well'); res.end('a')"),
				answered("odd reason", "res.writeHead(404, 'It\\'s \"gone\"; <b>x</b>\\t:'); res.end('a')"),
				answered("reason beyond ASCII", "res.writeHead(200, 'Sch\u00f6n'); res.end(Buffer.from('a'))"),
				answered("blank reason", "res.writeHead(200, ' '); res.end('a')"),
				answered("204 with fields", "res.writeHead(204, { 'X-A': 1, ETag: '\"a\"' }); res.end()"),
				answered("204 with a length", "res.writeHead(204, { 'Content-Length': 0 }); res.end()"),
				answered("304 with fields", "res.writeHead(304, { ETag: '\"a\"', 'Content-Length': 12 }); res.end()"),
				answered("304 without any", "res.sendDate = false; res.writeHead(304); res.end()"),
				answered("206 with a range", "res.writeHead(206, { 'Content-Range': 'bytes 0-1/9' }); res.end('ab')"),
				answered("301 with a location", "res.writeHead(301, { Location: '/\\u00e4?b=c' }); res.end()"),
				answered("405 with Allow", "res.writeHead(405, { Allow: '' }); res.end()"),
				answered("401 with two challenges",
						"res.writeHead(401, { 'WWW-Authenticate': ['Basic realm=\"a\"', 'Bearer'] }); res.end()"),
				answered("early hints",
						"res.writeEarlyHints({ link: ['</a.css>; rel=preload', '</b>'] }, () => res.end('a'))"),
				answered("102", "res.writeProcessing(); res.end('a')"),
				answered("100 that nobody expects", "res.writeContinue(); res.end('a')"),
				answered("three interim responses",
						"res.writeProcessing(); res.writeEarlyHints({ link: '</a>', 'x-b': 'c' }); "
								+ "res.writeProcessing(); " + "setTimeout(() => res.end('a'), 20)"));
		Stream<DifferentialCase> heads = Stream.of(200, 204, 206, 304, 404, 500)
			.map((code) -> of("HEAD answered " + code, "HEAD", "/answer")
				.answeredBy("res.writeHead(" + code + ", { 'Content-Length': 12345 }); res.end()"));
		Stream<DifferentialCase> moreHeads = Stream.of(
				of("HEAD without a length", "HEAD", "/answer").answeredBy("res.end()"),
				of("HEAD of a chunked response", "HEAD", "/answer").answeredBy("res.write('a'); res.end('b')"),
				of("HEAD with early hints", "HEAD", "/answer")
					.answeredBy("res.writeEarlyHints({ link: '</a>' }); res.setHeader('ETag', 'x'); res.end('a')"));
		return Stream.of(withBody, special, heads, moreHeads).flatMap((group) -> group);
	}

	private static Stream<DifferentialCase> responseBodies() {
		List<DifferentialCase> cases = new ArrayList<>();
		for (int size : SIZES) {
			String buffer = "Buffer.alloc(" + size + ", 'abcdefg')";
			cases.add(answered("response of " + size + " at once", "res.end(" + buffer + ")"));
			cases.add(answered("response of " + size + " with a length",
					"res.writeHead(200, { 'Content-Length': " + size + " }); res.write(" + buffer + "); res.end()"));
			cases.add(answered("response of " + size + " in chunks",
					"const b = " + buffer
							+ "; res.flushHeaders(); for (let i = 0; i < b.length; i += 9973) res.write(b.subarray(i, "
							+ "i + 9973)); res.end()"));
			cases.add(answered("response of " + size + " to the end of the connection",
					"res.removeHeader('Transfer-Encoding'); res.write(" + buffer + "); res.end()"));
		}
		for (String encoding : List.of("gzip", "deflate", "br", "identity", "x-own")) {
			cases.add(answered("response encoded as " + encoding,
					"res.setHeader('Content-Encoding', '" + encoding + "'); res.end('a')"));
		}
		cases.add(answered("event stream",
				"res.writeHead(200, { 'Content-Type': 'text/event-stream' }); res.write('data: 1\\n\\n'); "
						+ "setTimeout(() => res.end('data: 2\\n\\n'), 20)"));
		cases.add(answered("trailers of the response", "res.writeHead(200, { Trailer: 'X-Sum, x-b' }); res.write('a'); "
				+ "res.addTrailers({ 'X-Sum': '1', 'x-b': '\\u00e4' }); res.end()")
			.not(Http.HTTP_1_0));
		cases.add(answered("undeclared trailers",
				"res.write('a'); res.addTrailers([['X-A', '1'], ['x-a', '2']]); res.end()")
			.not(Http.HTTP_1_0));
		cases.add(answered("trailers after nothing",
				"res.writeHead(200, { Trailer: 'X-A' }); res.flushHeaders(); res.addTrailers({ 'X-A': '1' }); "
						+ "res.end()")
			.not(Http.HTTP_1_0));
		cases.add(answered("trailers that must not be",
				"res.write('a'); res.addTrailers({ 'X-A': '1', 'Content-Length': '5', 'Content-Type': 'a/b', "
						+ "'X-B': '2' }); res.end()")
			.not(Http.HTTP_1_0));
		return cases.stream();
	}

	private static Stream<DifferentialCase> responseFields() {
		return Stream.of(answered("no date", "res.sendDate = false; res.end('a')"),
				answered("date of its own", "res.setHeader('Date', 'yesterday'); res.end('a')"),
				answered("Set-Cookie twice",
						"res.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2', 'a=1; Path=/']); res.end('a')"),
				answered("Set-Cookie between others",
						"res.writeHead(200, ['X-A', '1', 'Set-Cookie', 'a=1', 'X-B', '2', 'set-cookie', "
								+ "'b=\\u00e4', 'X-A', '3']); res.end(Buffer.from('a'))"),
				answered("odd case",
						"res.writeHead(200, ['x-a', '1', 'X-B-c', '2', 'etag', 'x', 'CONTENT-TYPE', 'a/b']); "
								+ "res.end('a')"),
				answered("repeated in other case",
						"res.writeHead(200, ['X-A', '1', 'x-a', '2', 'X-a', '3']); res.end('a')"),
				answered("empty response value",
						"res.setHeader('X-Empty', ''); res.setHeader('X-Next', 'a'); res.end('a')"),
				answered("response bytes beyond ASCII",
						"res.setHeader('X-A', '\\u00e4\\u00ff\\u0080'); res.end(Buffer.from('a'))"),
				answered("tab in a response value", "res.setHeader('X-A', 'a\\tb'); res.end('a')"),
				answered("odd response name", "res.setHeader('x!#$%&\\'*+-.^_`|~1', 'a'); res.end('a')"),
				answered("long response value", "res.setHeader('X-A', 'v'.repeat(10000)); res.end('a')"),
				answered("many response fields",
						"for (let i = 0; i < 200; i++) res.setHeader('X-Field-' + i, i); res.end('a')"),
				answered("content type without charset",
						"res.setHeader('Content-Type', 'text/html'); res.end('\\u00e4')"),
				answered("odd content type", "res.setHeader('Content-Type', 'not a type'); res.end('a')"),
				answered("caching fields",
						"res.writeHead(200, { ETag: 'W/\"a\"', Vary: '*', Expires: '0', Age: '5', "
								+ "'Last-Modified': 'x', 'Cache-Control': 'private, max-age=0' }); res.end('a')"),
				answered("security fields",
						"res.writeHead(200, { 'Strict-Transport-Security': 'max-age=1', "
								+ "'X-Frame-Options': 'DENY', 'X-Content-Type-Options': 'nosniff', "
								+ "'X-XSS-Protection': '1', 'Referrer-Policy': 'x', "
								+ "'Content-Security-Policy': \"default-src 'self'\" }); res.end('a')"),
				answered("CORS fields",
						"res.writeHead(200, { 'Access-Control-Allow-Origin': '*', Vary: 'Origin' }); res.end('a')"),
				answered("server and powered-by",
						"res.writeHead(200, { Server: 'a', 'X-Powered-By': 'b', Via: '1.1 c' }); res.end('a')"),
				answered("fields of the connection with node",
						"res.writeHead(200, { Connection: 'x-secret', 'X-Secret': '1', "
								+ "'Keep-Alive': 'timeout=9', 'Proxy-Connection': 'keep-alive', "
								+ "'X-Kept': '1' }); res.end('a')"),
				answered("content length in odd case", "res.writeHead(200, ['content-LENGTH', '1']); res.end('a')"),
				answered("content location",
						"res.writeHead(200, { 'Content-Location': '//a/../b', 'Content-Language': 'de' }); "
								+ "res.end('a')"),
				answered("accept ranges",
						"res.writeHead(200, { 'Accept-Ranges': 'bytes', 'Content-Disposition': 'attachment; "
								+ "filename=\"a b\"' }); res.end('a')"),
				answered("alternative service",
						"res.writeHead(200, { 'Alt-Svc': 'h3=\":443\"', 'Retry-After': '1', Refresh: '0' }); "
								+ "res.end('a')"));
	}

	private static Stream<DifferentialCase> ranges() {
		String size = "300000";
		Stream<String> asked = Stream.of("bytes=0-0", "bytes=0-", "bytes=100000-299999", "bytes=5-999999999",
				"bytes=-7", "bytes=-999999", "bytes=299999-", "bytes=300000-", "bytes=9-8", "bytes=-0", "bytes=0-0,-1",
				"bytes=0-99999, 150000-249999", "bytes=9-8,0-4", "bytes=a-b", "bytes=", "lines=1-2", "BYTES=0-1", "");
		return Stream.concat(
				asked.flatMap((range) -> Stream.of("GET", "HEAD")
					.map((method) -> of(method + " of the range '" + range + "'", method, "/file?" + size)
						.with("Range: " + range))),
				Stream.of(of("no range", "GET", "/file?" + size), of("no range, HEAD", "HEAD", "/file?" + size),
						of("range of nothing", "GET", "/file?0").with("Range: bytes=0-"),
						of("range if it is the same", "GET", "/file?" + size).with("Range: bytes=1-5",
								"If-Range: \"v1\""),
						of("range if it is another", "GET", "/file?" + size).with("Range: bytes=1-5",
								"If-Range: \"v0\""),
						of("range if it is younger", "GET", "/file?" + size).with("Range: bytes=1-5",
								"If-Range: Sat, 29 Oct 1994 19:43:31 GMT"),
						of("ranges if it is the same, HEAD", "HEAD", "/file?" + size).with("Range: bytes=1-5,7-9",
								"If-Range: \"v1\""),
						of("range of an encoded file", "GET", "/file?" + size).with("Accept-Encoding: gzip",
								"Range: bytes=1-200000"),
						of("range of a POST", "POST", "/file?" + size).with("Range: bytes=1-5")
							.body(Framing.LENGTH, 9)));
	}

	private static Stream<DifferentialCase> ends() {
		return Stream.of(answered("closes before the head", "req.socket.destroy()"),
				answered("breaks off a body with a length",
						"res.writeHead(200, { 'Content-Length': 10 }); res.write('hello'); "
								+ "setTimeout(() => req.socket.destroy(), 30)"),
				answered("breaks off chunks", "res.write('hello'); setTimeout(() => req.socket.destroy(), 30)"),
				answered("asks to close", "res.writeHead(200, { Connection: 'close' }); res.end('a')"),
				answered("answers HTTP/1.0", "req.socket.end('HTTP/1.0 200 OK\\r\\nX-A: 1\\r\\n\\r\\nhello')"),
				answered("answers without a reason",
						"req.socket.end('HTTP/1.1 200\\r\\nContent-Length: 1\\r\\nConnection: close\\r\\n\\r\\na')"),
				answered("answers without anything",
						"req.socket.end('HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n')"),
				answered("answers with blanks",
						"req.socket.end('HTTP/1.1 200 OK\\r\\nX-A:   a  \\r\\nX-B:b\\r\\nContent-Length:1\\r\\nConnection: close\\r\\n\\r\\na')"),
				answered("answers chunks with extensions",
						"req.socket.end('HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nTransfer-Encoding: Chunked\\r\\n\\r\\n0001;a=b\\r\\na\\r\\n00\\r\\nX-T: 1\\r\\n\\r\\n')")
					.not(Http.HTTP_1_0),
				of("answers before the body", "POST", "/answer").body(Framing.LENGTH, 100).with("X-Early: 1"),
				of("body is read late", "POST", "/answer").body(Framing.CHUNKED, 100_000)
					.answeredBy("setTimeout(() => res.end(String(body.length)), 10)"));
	}

}
