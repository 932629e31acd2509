package io.iisnode.transport.windows;

import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.iisnode.testing.NodeHost;
import io.iisnode.transport.PipeTransport;
import io.iisnode.transport.windows.WindowsPipeTransport.CompletionMode;

/**
 * A host with applications that can be asked for much, or die on demand.
 */
final class PipeLoad {

	private static final String SCRIPT = """
			const { createHash, randomBytes } = require('crypto');
			const held = [];
			const block = randomBytes(1 << 20);
			const die = () => process.exit(3);
			const actions = {
				pid: (req, res) => res.end(String(process.pid)),
				instances: (req, res) => res.end(process.env.NODE_PENDING_PIPE_INSTANCES),
				hello: (req, res) => res.end('Hello from node!'),
				echo: (req, res) => req.pipe(res),
				hash: (req, res) => {
					const hash = createHash('sha256');
					let size = 0;
					req.on('data', (data) => { size += data.length; hash.update(data); });
					req.on('end', () => res.end(size + ' ' + hash.digest('hex')));
				},
				send: (req, res, query) => {
					let left = Number(query.get('mebibytes'));
					const hash = createHash('sha256');
					res.setHeader('Content-Length', left * block.length + 64);
					const next = () => {
						while (left-- > 0) {
							hash.update(block);
							if (!res.write(block)) return res.once('drain', next);
						}
						res.end(hash.digest('hex'));
					};
					next();
				},
				together: (req, res, query) => {
					held.push(res);
					if (held.length === Number(query.get('count'))) {
						const count = held.length;
						held.splice(0).forEach((one) => one.end('all ' + count));
					}
				},
				'before-head': (req) => req.resume().on('end', die),
				'during-upload': (req) => req.once('data', die),
				'unread-upload': (req) => { req.pause(); setTimeout(die, 200); },
				'after-interim': (req, res) => res.writeEarlyHints({ link: '</a>; rel=preload' }, die),
				'after-head': (req, res) => { res.setHeader('Content-Length', 9); res.flushHeaders(); setTimeout(die, 50); },
				'during-body': (req, res) => res.write('x'.repeat(100000), () => setTimeout(die, 50)),
				'unread-download': (req, res) => { res.write(Buffer.alloc(64 << 20)); setTimeout(die, 500); },
				'after-last': (req, res) => res.end('whole', () => setTimeout(die, 50))
			};
			const server = require('http').createServer((req, res) => {
				const { pathname, searchParams } = new URL(req.url, 'http://test');
				const action = actions[pathname.split('/').pop()];
				action ? action(req, res, searchParams) : res.writeHead(404).end();
			});
			server.on('upgrade', (req, socket) => {
				socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: test\\r\\n\\r\\n');
				socket.on('error', () => {});
				socket.on('data', (data) => data.includes('die') ? die() : socket.write(data));
			});
			server.listen(process.env.PORT);
			""";

	private PipeLoad() {
	}

	static NodeHost.Builder host(Path root, CompletionMode mode) {
		NodeHost.Builder builder = NodeHost.in(root)
			.allPipeInstances()
			.sources((mode == CompletionMode.OWN_LOOPS) ? OwnLoops.class : CompletionThreads.class)
			.with("iisnode.rapid-fail-limit", 1000);
		for (String name : new String[] { "load", "start", "die" }) {
			builder.script(name + "/app.js", SCRIPT).application(name, name + "/app.js", "/" + name + "/**");
		}
		return builder;
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnLoops {

		@Bean
		PipeTransport ownLoopsPipeTransport() {
			return new WindowsPipeTransport(CompletionMode.OWN_LOOPS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CompletionThreads {

		@Bean
		PipeTransport completionThreadPipeTransport() {
			return new WindowsPipeTransport(CompletionMode.COMPLETION_THREAD);
		}

	}

}
