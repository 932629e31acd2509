package io.iisnode.protocol;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.testing.RawClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that go away.
 */
abstract class AbstractClientDisconnectTests {

	/**
	 * Notes what becomes of each request, under the last segment of its path.
	 */
	static final String SCRIPT = """
			const seen = {};
			const note = (id, what) => (seen[id] ??= []).push(`${what}@${Date.now()}`);
			const routes = {
			  compute: () => {},
			  stream: (id, req, res) => {
			    const timer = setInterval(() => res.write('more'), 5);
			    res.on('close', () => clearInterval(timer));
			  },
			  flood: (id, req, res) => {
			    const more = () => { while (!res.destroyed && res.write(Buffer.alloc(65536))); };
			    res.on('drain', more);
			    more();
			  },
			  upload: (id, req, res) => {
			    let length = 0;
			    req.on('data', (piece) => { note(id, `data ${length += piece.length}`); });
			    req.on('end', () => {
			      note(id, `complete ${length}`);
			      res.end('done');
			    });
			    req.on('error', () => note(id, 'error'));
			  },
			  seen: (id, req, res) => res.end((seen[id] ?? []).join(' '))
			};
			require('http').createServer((req, res) => {
			  const [, , kind, id] = req.url.split('/');
			  if (kind !== 'seen') {
			    note(id, 'begun');
			    res.on('close', () => note(id, res.writableFinished ? 'finished' : 'gone'));
			  }
			  routes[kind](id, req, res);
			}).listen(process.env.PORT);
			""";

	private final String id = UUID.randomUUID().toString();

	@AfterEach
	void noSlotIsLeaked() {
		Wire.awaitIdle(ExchangeIntegrationTests.host(), "clients");
	}

	@ParameterizedTest
	@EnumSource(Farewell.class)
	void nodeSeesWithinASecondThatTheClientLeftWhileItComputed(Farewell farewell) {
		RawClient client = begin("GET", "compute", "");
		assertThat(secondsUntilGone(farewell, client)).isLessThan(1);
	}

	@ParameterizedTest
	@EnumSource(Farewell.class)
	void nodeSeesWithinASecondThatTheClientLeftAfterItsUpload(Farewell farewell) {
		RawClient client = begin("POST", "compute", "Content-Length: 5\r\n");
		client.send("hello");
		assertThat(secondsUntilGone(farewell, client)).isLessThan(1);
	}

	@ParameterizedTest
	@EnumSource(Farewell.class)
	void nodeSeesWithinASecondThatTheClientLeftWhileItStreamed(Farewell farewell) {
		RawClient client = begin("GET", "stream", "");
		Wire.readUntil(client, "more");
		assertThat(secondsUntilGone(farewell, client)).isLessThan(1);
	}

	@ParameterizedTest
	@EnumSource(Farewell.class)
	void nodeSeesThatTheClientLeftWhileItDidNotReadAFlood(Farewell farewell) {
		RawClient client = begin("GET", "flood", "");
		Wire.readUntil(client, "\r\n\r\n");
		farewell.say(client);
		awaitSeen("gone@");
	}

	@ParameterizedTest
	@CsvSource({ "Content-Length: 10, hello", "Content-Length: 10, ''", "Content-Length: 6, hello",
			"Transfer-Encoding: chunked, ''", "Transfer-Encoding: chunked, '5|hello|'",
			"Transfer-Encoding: chunked, '5|hello'", "Transfer-Encoding: chunked, '9|hello'",
			"Transfer-Encoding: chunked, '5|hello|0|'", "Transfer-Encoding: chunked, '5|hello|0|X-Sum: 1|'" })
	void bodyOfAnAbortedClientIsNeverComplete(String framing, String part) {
		for (Farewell farewell : Farewell.values()) {
			String one = this.id + farewell;
			RawClient client = ExchangeIntegrationTests.host().connect();
			client.send("POST /clients/upload/" + one + " HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
			if (!part.isEmpty()) {
				client.send(part.replace("|", "\r\n"));
			}
			Wire.await().until(() -> seen(one), (seen) -> seen.contains("begun"));
			farewell.say(client);
			Wire.await().until(() -> seen(one), (seen) -> seen.contains("gone@"));
			assertThat(seen(one)).contains("error@").doesNotContain("complete");
		}
	}

	@ParameterizedTest
	@EnumSource(Farewell.class)
	void largeBodyOfAnAbortedClientIsNeverComplete(Farewell farewell) {
		RawClient client = begin("POST", "upload", "Content-Length: 2000000\r\n");
		client.send(new byte[1_999_999]);
		awaitSeen("data ");
		farewell.say(client);
		awaitSeen("gone@");
		assertThat(seen(this.id)).contains("error@").doesNotContain("complete");
	}

	private RawClient begin(String method, String kind, String fields) {
		RawClient client = ExchangeIntegrationTests.host().connect();
		client.send(method + " /clients/" + kind + "/" + this.id + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
		awaitSeen("begun");
		return client;
	}

	private double secondsUntilGone(Farewell farewell, RawClient client) {
		long left = System.currentTimeMillis();
		farewell.say(client);
		Matcher gone = Pattern.compile("gone@(\\d+)").matcher(awaitSeen("gone@"));
		assertThat(gone.find()).isTrue();
		return (Long.parseLong(gone.group(1)) - left) / 1000.0;
	}

	private String awaitSeen(String what) {
		return Wire.await().until(() -> seen(this.id), (seen) -> seen.contains(what));
	}

	private static String seen(String id) {
		return ExchangeIntegrationTests.host().get("/clients/seen/" + id).body();
	}

	/**
	 * How a client goes.
	 */
	enum Farewell {

		FIN {
			@Override
			void say(RawClient client) {
				client.close();
			}
		},

		RST {
			@Override
			void say(RawClient client) {
				client.reset();
			}
		};

		abstract void say(RawClient client);

	}

}
