package io.iisnode.watch;

import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Interest}.
 */
class InterestTests {

	private final Interest interest = new Interest();

	@Test
	void stepMattersWhenItIsExchangedNotWhenSomethingBelowChanges() {
		this.interest.addStep("current");
		assertThat(includes(StandardWatchEventKinds.ENTRY_CREATE, "current")).isTrue();
		assertThat(includes(StandardWatchEventKinds.ENTRY_DELETE, "Current")).isTrue();
		assertThat(includes(StandardWatchEventKinds.ENTRY_MODIFY, "current")).isFalse();
		assertThat(includes(StandardWatchEventKinds.ENTRY_CREATE, "other")).isFalse();
	}

	@Test
	void fileMattersAlways() {
		this.interest.addFile("server.js");
		assertThat(includes(StandardWatchEventKinds.ENTRY_MODIFY, "server.js")).isTrue();
		assertThat(includes(StandardWatchEventKinds.ENTRY_MODIFY, "data.db")).isFalse();
	}

	@Test
	void folderMattersByTheNamesOfItsEntries() {
		this.interest.addFolder((name) -> name.endsWith(".js"), (name) -> name.equals(Path.of("lib")));
		assertThat(includes(StandardWatchEventKinds.ENTRY_MODIFY, "x.js")).isTrue();
		assertThat(includes(StandardWatchEventKinds.ENTRY_CREATE, "lib")).isTrue();
		assertThat(includes(StandardWatchEventKinds.ENTRY_MODIFY, "lib")).isFalse();
		assertThat(includes(StandardWatchEventKinds.ENTRY_CREATE, "app.log")).isFalse();
	}

	@Test
	void lostEventsMatter() {
		assertThat(includes(StandardWatchEventKinds.OVERFLOW, null)).isTrue();
	}

	private boolean includes(WatchEvent.Kind<?> kind, @Nullable String name) {
		return this.interest.includes(new WatchEvent<Object>() {

			@Override
			@SuppressWarnings("unchecked")
			public Kind<Object> kind() {
				return (Kind<Object>) kind;
			}

			@Override
			public int count() {
				return 1;
			}

			@Override
			public @Nullable Object context() {
				return (name != null) ? Path.of(name) : null;
			}

		});
	}

}
