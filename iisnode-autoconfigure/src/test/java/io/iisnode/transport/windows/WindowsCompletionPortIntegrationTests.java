package io.iisnode.transport.windows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.transport.ConnectionSettings;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeConnection;
import io.iisnode.transport.PipeConnector;
import io.iisnode.transport.windows.WindowsPipeTransport.CompletionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pipes whose other end is in the hand of the test: it reads, writes and accepts nothing
 * unless it says so.
 */
@EnabledOnOs(OS.WINDOWS)
class WindowsCompletionPortIntegrationTests {

	private static final int BUFFER = 4096;

	private static final int LARGE = 8 << 20;

	private static final ConnectionSettings SETTINGS = new ConnectionSettings(1000, Duration.ofMillis(10), 1,
			Duration.ofSeconds(1));

	private final List<HANDLE> instances = new CopyOnWriteArrayList<>();

	@AfterEach
	void end() {
		this.instances.forEach(Kernel32.INSTANCE::CloseHandle);
	}

	@Test
	void nothingOfAPendingOperationIsFreedBeforeItsPacketIsTakenOut() throws Exception {
		PipeAddress address = newAddress();
		serve(address, 1);
		List<Integer> ends = new ArrayList<>();
		WindowsCompletionPort port = new WindowsCompletionPort();
		NativePipe pipe = port.open(address.path(), Runnable::run);
		ByteBuf read = Unpooled.directBuffer(BUFFER);
		ByteBuf write = Unpooled.directBuffer(LARGE).writeZero(LARGE);
		assertThat(pipe.read(read, (count, code) -> ends.add(code))).isEqualTo(NativePipe.PENDING);
		assertThat(pipe.write(write, (count, code) -> ends.add(code))).isEqualTo(NativePipe.PENDING);
		// What is left is the operations' own.
		read.release();
		write.release();
		pipe.close();
		assertThat(read.refCnt()).isOne();
		assertThat(write.refCnt()).isOne();
		assertThat(ends).isEmpty();
		Awaitility.await().until(() -> {
			port.await(10);
			return ends.size() == 2;
		});
		assertThat(ends).containsOnly(Errors.OPERATION_ABORTED);
		assertThat(read.refCnt()).isZero();
		assertThat(write.refCnt()).isZero();
		port.close();
	}

	@Test
	void theEndOfThePortWaitsForPendingOperations() throws Exception {
		PipeAddress address = newAddress();
		serve(address, 1);
		List<Integer> ends = new ArrayList<>();
		WindowsCompletionPort port = new WindowsCompletionPort();
		NativePipe pipe = port.open(address.path(), Runnable::run);
		ByteBuf read = Unpooled.directBuffer(BUFFER);
		pipe.read(read, (count, code) -> ends.add(code));
		read.release();
		port.close();
		assertThat(ends).containsExactly(Errors.OPERATION_ABORTED);
		assertThat(read.refCnt()).isZero();
	}

	@ParameterizedTest
	@EnumSource(CompletionMode.class)
	void aBusyPipeIsTriedAgainUntilItIsFree(CompletionMode mode) throws Exception {
		try (WindowsPipeTransport transport = new WindowsPipeTransport(mode)) {
			PipeAddress address = transport.newAddress();
			transport.expectServer(address, (pid) -> pid == ProcessHandle.current().pid());
			serve(address, 2);
			EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
			PipeConnector connector = new PipeConnector(transport, BUFFER);
			try {
				PipeConnection first = connect(group, connector, address).get(20, TimeUnit.SECONDS);
				Future<PipeConnection> second = connect(group, connector, address);
				Awaitility.await().until(() -> connector.retries() > 2);
				assertThat(second.isDone()).isFalse();
				// The loop is free meanwhile.
				assertThat(group.next().submit(() -> "free").get(20, TimeUnit.SECONDS)).isEqualTo("free");
				serve(address, 2);
				assertThat(second.get(20, TimeUnit.SECONDS).channel().isActive()).isTrue();
				assertThat(first.channel().isActive()).isTrue();
			}
			finally {
				group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void aBusyPipeWhoseServerGoesAwayIsGivenUp() throws Exception {
		try (WindowsPipeTransport transport = new WindowsPipeTransport()) {
			PipeAddress address = transport.newAddress();
			transport.expectServer(address, (pid) -> pid == ProcessHandle.current().pid());
			serve(address, 1);
			EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
			PipeConnector connector = new PipeConnector(transport, BUFFER);
			try {
				connect(group, connector, address).get(20, TimeUnit.SECONDS);
				Future<PipeConnection> second = connector.connect(group.next(), address, SETTINGS,
						() -> !this.instances.isEmpty());
				Awaitility.await().until(() -> connector.retries() > 2);
				this.instances.forEach(Kernel32.INSTANCE::CloseHandle);
				this.instances.clear();
				assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
				assertThat(second.isSuccess()).isFalse();
			}
			finally {
				group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
			}
		}
	}

	private static Future<PipeConnection> connect(EventLoopGroup group, PipeConnector connector, PipeAddress address) {
		return connector.connect(group.next(), address, SETTINGS, () -> true);
	}

	private static PipeAddress newAddress() {
		try (WindowsPipeTransport transport = new WindowsPipeTransport()) {
			return transport.newAddress();
		}
	}

	/**
	 * Makes an instance of a pipe, which the next client gets.
	 */
	private void serve(PipeAddress address, int maxInstances) {
		HANDLE instance = Kernel32.INSTANCE.CreateNamedPipe(address.path(), WinBase.PIPE_ACCESS_DUPLEX,
				WinBase.PIPE_TYPE_BYTE, maxInstances, BUFFER, BUFFER, 0, null);
		assertThat(instance).isNotEqualTo(WinBase.INVALID_HANDLE_VALUE);
		this.instances.add(instance);
	}

}
