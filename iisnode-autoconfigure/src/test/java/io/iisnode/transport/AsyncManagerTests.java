package io.iisnode.transport;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.BDDMockito.given;

/**
 * Which thread an exchange runs on.
 */
class AsyncManagerTests {

	private final EventLoopGroup supported = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final EventLoopGroup foreign = LocalPipeTransport.eventLoops(1);

	private final PipeTransport transport = Mockito.mock(PipeTransport.class);

	@BeforeEach
	void supportNio() {
		given(this.transport.ioHandlerFactory()).willReturn(NioIoHandler.newFactory());
		given(this.transport.supports(this.supported.next())).willReturn(true);
		given(this.transport.defaultThreadCount()).willReturn(1);
	}

	@AfterEach
	void endThreads() {
		this.supported.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		this.foreign.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void noThreadsSharesTheLoopOfTheCaller() {
		try (AsyncManager async = new AsyncManager(this.transport, 0)) {
			EventLoop caller = this.supported.next();
			assertThat(async.eventLoop(caller)).isSameAs(caller);
		}
	}

	@Test
	void noThreadsHasOneOfItsOwnForTheRest() {
		try (AsyncManager async = new AsyncManager(this.transport, 0)) {
			assertThat(async.threadCount()).isEqualTo(1);
			assertThat(async.next()).isSameAs(async.next());
		}
	}

	@Test
	void noThreadsHasAsManyAsTheTransportNeeds() {
		given(this.transport.defaultThreadCount()).willReturn(2);
		try (AsyncManager async = new AsyncManager(this.transport, 0)) {
			assertThat(async.threadCount()).isEqualTo(2);
		}
	}

	@Test
	void loopOfAForeignKindIsNotShared() {
		try (AsyncManager async = new AsyncManager(this.transport, 0)) {
			assertThat(async.eventLoop(this.foreign.next())).isSameAs(async.next());
		}
	}

	@Test
	void unknownCallerGetsALoopOfOurs() {
		try (AsyncManager async = new AsyncManager(this.transport, 0)) {
			assertThat(async.eventLoop(null)).isSameAs(async.next());
		}
	}

	@Test
	void ownThreadsAreUsedInTurnsWhoeverCalls() {
		try (AsyncManager async = new AsyncManager(this.transport, 3)) {
			assertThat(async.threadCount()).isEqualTo(3);
			EventLoop caller = this.supported.next();
			Set<EventLoop> loops = new HashSet<>();
			for (int i = 0; i < 3; i++) {
				loops.add(async.eventLoop(caller));
			}
			assertThat(loops).hasSize(3).doesNotContain(caller);
		}
	}

	@Test
	void threadsAreNamedAndDoNotKeepTheHostAlive() throws Exception {
		try (AsyncManager async = new AsyncManager(this.transport, 1)) {
			Thread thread = async.next().submit(Thread::currentThread).get(5, TimeUnit.SECONDS);
			assertThat(thread.getName()).startsWith("iisnode-io-");
			assertThat(thread.isDaemon()).isTrue();
		}
	}

	@Test
	void closeEndsTheThreads() throws Exception {
		AsyncManager async = new AsyncManager(this.transport, 2);
		EventLoop first = async.next();
		Thread thread = first.submit(Thread::currentThread).get(5, TimeUnit.SECONDS);
		async.close();
		assertThat(first.isTerminated()).isTrue();
		assertThat(async.next().isTerminated()).isTrue();
		thread.join(5000);
		assertThat(thread.isAlive()).isFalse();
	}

	@Test
	void closeMayBeRepeated() {
		AsyncManager async = new AsyncManager(this.transport, 1);
		async.close();
		async.close();
		assertThat(async.next().isTerminated()).isTrue();
	}

	@Test
	void negativeThreadCountIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AsyncManager(this.transport, -1))
			.withMessageContaining("async-completion-thread-count");
	}

}
