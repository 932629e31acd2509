package io.iisnode.transport.unix;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.iisnode.transport.AsyncManager;
import io.iisnode.transport.PipeAddress;
import io.iisnode.transport.PipeAddressException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The private folder of the sockets, and their kinds.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Unix domain sockets are not used there")
class UnixPipeTransportTests {

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

	@TempDir
	private Path parent;

	@Test
	void socketsLieInAFolderThatOnlyItsOwnerEnters() throws Exception {
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent)) {
			Path folder = folder(transport);
			assertThat(folder.getParent()).isEqualTo(this.parent);
			assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(OWNER_ONLY);
		}
	}

	@Test
	void withoutParentTheFolderIsWithTheTemporaryFiles() throws Exception {
		try (UnixPipeTransport transport = new UnixPipeTransport(null)) {
			Path folder = folder(transport);
			assertThat(folder.getParent())
				.isEqualTo(Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize());
			assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(OWNER_ONLY);
		}
	}

	@Test
	void eachTransportHasAFolderOfItsOwn() {
		try (UnixPipeTransport one = new UnixPipeTransport(this.parent);
				UnixPipeTransport other = new UnixPipeTransport(this.parent)) {
			assertThat(folder(one)).isNotEqualTo(folder(other));
		}
	}

	@Test
	void namesHave128RandomBits() {
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent)) {
			Set<String> names = new HashSet<>();
			byte[] ones = new byte[16];
			byte[] zeros = new byte[16];
			for (int i = 0; i < 10_000; i++) {
				String name = Path.of(transport.newAddress().path()).getFileName().toString();
				names.add(name);
				byte[] bytes = Base64.getUrlDecoder().decode(name);
				assertThat(bytes).hasSize(16);
				for (int j = 0; j < bytes.length; j++) {
					ones[j] |= bytes[j];
					zeros[j] |= (byte) ~bytes[j];
				}
			}
			assertThat(names).hasSize(10_000);
			// Every bit is sometimes set and sometimes not.
			assertThat(ones).containsOnly(-1);
			assertThat(zeros).containsOnly(-1);
		}
	}

	@Test
	void nothingIsCreatedForAnAddress() throws Exception {
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent)) {
			assertThat(Path.of(transport.newAddress().path())).doesNotExist();
			assertThat(folder(transport)).isDirectoryNotContaining("glob:**/[!h]*");
		}
	}

	@Test
	void socketThatItsServerLeftIsDeleted() throws Exception {
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent)) {
			PipeAddress address = transport.newAddress();
			leaveSocket(address);
			assertThat(Path.of(address.path())).exists();
			transport.delete(address);
			assertThat(Path.of(address.path())).doesNotExist();
			transport.delete(address);
		}
	}

	@Test
	void socketsBesideThatOfAnApplicationAreDeletedWithIt() throws Exception {
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent)) {
			PipeAddress address = transport.newAddress();
			PipeAddress other = transport.newAddress();
			leaveSocket(new PipeAddress(address.path() + ".1"));
			leaveSocket(new PipeAddress(address.path() + ".2"));
			leaveSocket(other);
			transport.delete(address);
			assertThat(Path.of(address.path() + ".1")).doesNotExist();
			assertThat(Path.of(address.path() + ".2")).doesNotExist();
			assertThat(Path.of(other.path())).exists();
		}
	}

	@Test
	void theFolderOfADeadHostIsRemovedAndThatOfALivingOneIsNot() throws Exception {
		try (UnixPipeTransport living = new UnixPipeTransport(this.parent)) {
			PipeAddress inUse = living.newAddress();
			leaveSocket(inUse);
			Path dead = Files.createDirectory(this.parent.resolve("iisnode-123"));
			Files.createFile(dead.resolve("host-1-2"));
			leaveSocket(new PipeAddress(dead.resolve("socket").toString()));
			try (UnixPipeTransport next = new UnixPipeTransport(this.parent)) {
				assertThat(dead).doesNotExist();
				assertThat(Path.of(inUse.path())).exists();
				assertThat(folder(next)).exists();
			}
		}
	}

	@Test
	void onlyOwnSocketsAreDeleted() throws Exception {
		Path file = Files.createFile(this.parent.resolve("file"));
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent)) {
			assertThatIllegalArgumentException().isThrownBy(() -> transport.delete(new PipeAddress(file.toString())));
			assertThat(file).exists();
		}
	}

	@Test
	void closeRemovesTheFolderWithWhatServersLeft() throws Exception {
		UnixPipeTransport transport = new UnixPipeTransport(this.parent);
		Path folder = folder(transport);
		leaveSocket(transport.newAddress());
		leaveSocket(transport.newAddress());
		transport.close();
		assertThat(folder).doesNotExist();
		assertThat(this.parent).isEmptyDirectory();
		transport.close();
	}

	@Test
	void parentThatIsAbsentIsCreated() {
		Path absent = this.parent.resolve("a/b");
		try (UnixPipeTransport transport = new UnixPipeTransport(absent)) {
			assertThat(folder(transport)).isDirectory().hasParent(absent);
		}
	}

	@Test
	void relativeParentGivesAbsoluteAddresses() {
		Path relative = Path.of("").toAbsolutePath().relativize(this.parent.toAbsolutePath());
		try (UnixPipeTransport transport = new UnixPipeTransport(relative)) {
			Path socket = Path.of(transport.newAddress().path());
			assertThat(socket).isAbsolute().isNormalized().startsWithRaw(this.parent);
		}
	}

	@Test
	void parentThatIsAFileIsRefused() throws Exception {
		Path file = Files.createFile(this.parent.resolve("file"));
		assertThatExceptionOfType(PipeAddressException.class).isThrownBy(() -> new UnixPipeTransport(file))
			.withMessageContaining("'" + file + "'")
			.withMessageContaining("iisnode.pipe-directory")
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void parentThatMayNotBeWrittenIsRefused() throws Exception {
		Path locked = Files.createDirectory(this.parent.resolve("locked"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
		assumeThat(Files.isWritable(locked)).as("the superuser may write everywhere").isFalse();
		assertThatExceptionOfType(PipeAddressException.class).isThrownBy(() -> new UnixPipeTransport(locked))
			.withMessageContaining("'" + locked + "'")
			.withMessageContaining("iisnode.pipe-directory");
	}

	@Test
	void pathTooLongForThePlatformIsRefusedAndNothingIsLeft() {
		Path tooLong = this.parent.resolve("x".repeat(100));
		assertThatExceptionOfType(PipeAddressException.class).isThrownBy(() -> new UnixPipeTransport(tooLong))
			.withMessageContaining("'" + tooLong + "'")
			.withMessageContaining("bytes")
			.withMessageContaining("iisnode.pipe-directory");
		assertThat(this.parent).isEmptyDirectory();
	}

	@Test
	void lengthCountsBytesNotCharacters() {
		Path umlauts = Path.of("/tmp/" + "\u00e4".repeat(27));
		assertThatExceptionOfType(PipeAddressException.class).isThrownBy(() -> new UnixPipeTransport(umlauts))
			.withMessageContaining("bytes");
	}

	@Test
	void longestPathThatIsAcceptedCanBeUsed() throws Exception {
		Path longest = longestAccepted();
		try (UnixPipeTransport transport = new UnixPipeTransport(longest)) {
			leaveSocket(new PipeAddress(transport.newAddress().path() + ".9"));
		}
		assertThatExceptionOfType(PipeAddressException.class)
			.isThrownBy(() -> new UnixPipeTransport(longest.resolveSibling(longest.getFileName() + "x")));
	}

	private Path longestAccepted() {
		Path accepted = null;
		for (int length = 1; length < 108; length++) {
			Path longer = this.parent.resolve("x".repeat(length));
			try (UnixPipeTransport transport = new UnixPipeTransport(longer)) {
				assertThat(folder(transport)).isDirectory();
				accepted = longer;
			}
			catch (PipeAddressException ex) {
				break;
			}
		}
		assertThat(accepted).isNotNull();
		return accepted;
	}

	@ParameterizedTest
	@EnumSource(SocketKind.class)
	void loopsOfEveryUsableKindAreSupported(SocketKind kind) {
		assumeThat(kind.available()).isTrue();
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, kind.ioHandlerFactory());
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent)) {
			assertThat(transport.supports(group.next())).isTrue();
			assertThat(SocketKind.of(group.next())).isSameAs(kind);
			assertThat(transport.newChannel(group.next())).isInstanceOf(kind.newChannel().getClass());
		}
		finally {
			group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		}
	}

	@Test
	void loopOfAForeignKindIsNotSupportedAndAnotherIsUsed() {
		EventLoopGroup foreign = new MultiThreadIoEventLoopGroup(1, Executors.defaultThreadFactory(),
				LocalIoHandler.newFactory());
		try (UnixPipeTransport transport = new UnixPipeTransport(this.parent);
				AsyncManager async = new AsyncManager(transport, 0)) {
			assertThat(transport.supports(foreign.next())).isFalse();
			assertThatIllegalArgumentException().isThrownBy(() -> transport.newChannel(foreign.next()));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> transport.socketAddress(foreign.next(), transport.newAddress()));
			assertThat(async.eventLoop(foreign.next())).isSameAs(async.next());
			assertThat(transport.supports(async.next())).isTrue();
		}
		finally {
			foreign.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		}
	}

	@Test
	void bestKindIsUsable() {
		assertThat(SocketKind.best().available()).isTrue();
		assertThat(Stream.of(SocketKind.values()).filter(SocketKind::available).findFirst())
			.contains(SocketKind.best());
	}

	private static Path folder(UnixPipeTransport transport) {
		return Path.of(transport.newAddress().path()).getParent();
	}

	private static void leaveSocket(PipeAddress address) throws IOException {
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(address.path()));
		}
	}

}
