package io.iisnode.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;

class LogForwarderTests {

	private final LoggerContext context = new LoggerContext();

	private final Logger logger = this.context.getLogger("iisnode.shop");

	private final List<ILoggingEvent> events = new ArrayList<>();

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final LogForwarder forwarder = new LogForwarder(this.logger, "shop", 4711, this.tasks::add);

	@BeforeEach
	void listen() {
		this.context.setMDCAdapter(MDC.getMDCAdapter());
		attach(this.events::add);
	}

	private void attach(Consumer<ILoggingEvent> listener) {
		this.logger.detachAndStopAllAppenders();
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				event.getMDCPropertyMap();
				listener.accept(event);
			}

		};
		appender.setContext(this.context);
		appender.start();
		this.logger.addAppender(appender);
	}

	private List<String> messages() {
		return this.events.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	@Test
	void linesArriveInOrderWithLevelAndProcess() {
		this.forwarder.line(LogStream.STDOUT, "one");
		this.forwarder.line(LogStream.STDERR, "two {}");
		this.forwarder.line(LogStream.STDOUT, "three");
		assertThat(this.events).as("not on the thread that reads").isEmpty();
		assertThat(this.tasks).as("one thread").hasSize(1);
		this.tasks.remove().run();
		assertThat(messages()).containsExactly("[4711] one", "[4711] two {}", "[4711] three");
		assertThat(this.events).extracting(ILoggingEvent::getLevel).containsExactly(Level.INFO, Level.WARN, Level.INFO);
		assertThat(this.events.get(1).getMDCPropertyMap()).containsEntry("iisnode.application", "shop")
			.containsEntry("iisnode.pid", "4711")
			.containsEntry("iisnode.stream", "stderr");
		assertThat(MDC.get("iisnode.pid")).isNull();
		this.forwarder.line(LogStream.STDOUT, "four");
		assertThat(this.tasks).as("called again").hasSize(1);
	}

	@Test
	void whatTheLevelLeavesOutCostsNothing() {
		this.logger.setLevel(Level.WARN);
		this.forwarder.line(LogStream.STDOUT, "one");
		assertThat(this.tasks).isEmpty();
		this.forwarder.line(LogStream.STDERR, "two");
		assertThat(this.tasks).hasSize(1);
	}

	@Test
	void beyondTheLimitLinesAreDroppedCountedAndTold() {
		for (int i = 0; i < LogForwarder.MAX_LINES + 7; i++) {
			this.forwarder.line(LogStream.STDOUT, "line " + i);
		}
		assertThat(this.forwarder.dropped()).isEqualTo(7);
		this.tasks.remove().run();
		assertThat(messages()).hasSize(LogForwarder.MAX_LINES + 1)
			.endsWith("[4711] line 1023", "[4711] 7 lines were not logged, because the logger is too slow");
		this.forwarder.line(LogStream.STDOUT, "after");
		this.tasks.remove().run();
		assertThat(messages()).endsWith("[4711] after").hasSize(LogForwarder.MAX_LINES + 2);
	}

	@Test
	void longLinesCountByTheirLength() {
		String line = "x".repeat(LineSplitter.MAX_LINE);
		for (int i = 0; i < 100; i++) {
			this.forwarder.line(LogStream.STDERR, line);
		}
		assertThat(this.forwarder.dropped()).isEqualTo(100 - LogForwarder.MAX_CHARACTERS / LineSplitter.MAX_LINE);
	}

	@Test
	void theMarkStandsWhereLinesAreMissing() {
		String half = "x".repeat(LogForwarder.MAX_CHARACTERS / 2);
		this.forwarder.line(LogStream.STDOUT, half);
		this.forwarder.line(LogStream.STDOUT, half);
		this.forwarder.line(LogStream.STDOUT, "dropped");
		attach((event) -> {
			this.events.add(event);
			if (this.events.size() == 1) {
				this.forwarder.line(LogStream.STDOUT, "last");
			}
		});
		this.tasks.remove().run();
		assertThat(messages()).hasSize(4)
			.endsWith("[4711] 1 lines were not logged, because the logger is too slow", "[4711] last");
	}

	@Test
	void aLoggerThatBlocksHoldsUpNobody() throws Exception {
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch inside = new CountDownLatch(1);
		attach((event) -> {
			inside.countDown();
			try {
				blocked.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		LogForwarder real = new LogForwarder(this.logger, "shop", 4711, LogThreads.WRITERS);
		real.line(LogStream.STDOUT, "one");
		assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 10_000; i++) {
			real.line(LogStream.STDOUT, "more");
		}
		assertThat(real.dropped()).isEqualTo(10_000 - LogForwarder.MAX_LINES);
		blocked.countDown();
	}

	@Test
	void aLoggerThatFailsLosesItsLineOnly() {
		attach((event) -> {
			if (event.getFormattedMessage().contains("bad")) {
				throw new IllegalStateException("on purpose");
			}
			this.events.add(event);
		});
		this.forwarder.line(LogStream.STDOUT, "bad");
		this.forwarder.line(LogStream.STDOUT, "good");
		this.tasks.remove().run();
		assertThat(messages()).containsExactly("[4711] good");
	}

}
