package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import io.iisnode.application.RecycleLoop.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecycleLoop} with a clock that the test sets.
 */
class RecycleLoopTests {

	private static final Path DATA = Path.of("/app/data.js");

	private static final Path OTHER = Path.of("/app/other.js");

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

	private final RecycleLoop loop = new RecycleLoop(this.now::get, RecycleLoop.QUIET);

	private void pass(Duration time) {
		this.now.addAndGet(time.toNanos());
	}

	private void recycle() {
		this.loop.recycleBegan();
		pass(Duration.ofSeconds(1));
		this.loop.recycleEnded();
	}

	/**
	 * As an application does that writes the files when it starts.
	 */
	private Verdict changeAfterRecycle(Path... files) {
		recycle();
		pass(Duration.ofMillis(300));
		return this.loop.changed(Set.of(files));
	}

	private void stop() {
		assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.RECYCLE);
		for (int i = 1; i < RecycleLoop.MOST_IN_A_ROW; i++) {
			assertThat(changeAfterRecycle(DATA)).isEqualTo(Verdict.RECYCLE);
		}
		assertThat(changeAfterRecycle(DATA)).isEqualTo(Verdict.STOP);
	}

	@Test
	void aLoopIsStoppedOnceAndToldWithItsFiles() {
		stop();
		assertThat(this.loop.suspects()).containsExactly(DATA);
		for (int i = 0; i < 10; i++) {
			pass(Duration.ofSeconds(10));
			assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.IGNORE);
		}
	}

	@Test
	void aChangeWhileTheNewGenerationStartsBelongsToTheLoop() {
		this.loop.changed(Set.of(DATA));
		for (int i = 1; i < RecycleLoop.MOST_IN_A_ROW; i++) {
			this.loop.recycleBegan();
			pass(Duration.ofSeconds(30));
			assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.RECYCLE);
		}
		assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.STOP);
	}

	@Test
	void whoSavesAFileAgainAndAgainIsNoLoop() {
		for (int i = 0; i < 50; i++) {
			assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.RECYCLE);
			recycle();
			pass(RecycleLoop.SOON.plusMillis(1));
		}
	}

	@Test
	void aDeploymentOfOtherFilesEachTimeIsNoLoop() {
		for (int i = 0; i < 50; i++) {
			assertThat(changeAfterRecycle(Path.of("/app/" + i + ".js"))).isEqualTo(Verdict.RECYCLE);
		}
	}

	@Test
	void onlyFilesThatChangeEachTimeAreSuspect() {
		this.loop.changed(Set.of(DATA, OTHER));
		for (int i = 1; i < RecycleLoop.MOST_IN_A_ROW; i++) {
			changeAfterRecycle(DATA, Path.of("/app/" + i + ".js"));
		}
		assertThat(changeAfterRecycle(DATA, OTHER)).isEqualTo(Verdict.STOP);
		assertThat(this.loop.suspects()).containsExactly(DATA);
	}

	@Test
	void otherFilesRecycleAllTheSame() {
		stop();
		assertThat(this.loop.changed(Set.of(OTHER))).isEqualTo(Verdict.RECYCLE);
		assertThat(this.loop.changed(Set.of(DATA, OTHER))).isEqualTo(Verdict.RECYCLE);
		assertThat(changeAfterRecycle(DATA)).isEqualTo(Verdict.IGNORE);
	}

	@Test
	void theFilesCountAgainAfterAQuietMinute() {
		stop();
		pass(RecycleLoop.QUIET.minusMillis(1));
		assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.IGNORE);
		pass(RecycleLoop.QUIET);
		assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.RECYCLE);
	}

	@Test
	void theFilesCountAgainAfterARecycleByHand() {
		stop();
		this.loop.reset();
		stop();
	}

	@Test
	void whatWasIgnoredIsCaughtUpWithOnceAfterTheQuietTime() {
		assertThat(this.loop.untilCatchUp()).isNull();
		stop();
		assertThat(this.loop.untilCatchUp()).isEqualTo(RecycleLoop.QUIET);
		pass(RecycleLoop.QUIET.minusSeconds(1));
		assertThat(this.loop.catchUp()).as("too early").isFalse();
		assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.IGNORE);
		pass(RecycleLoop.QUIET.minusNanos(1));
		assertThat(this.loop.untilCatchUp()).isEqualTo(Duration.ofNanos(1));
		pass(Duration.ofNanos(1));
		assertThat(this.loop.catchUp()).isTrue();
		assertThat(this.loop.catchUp()).as("once").isFalse();
		assertThat(this.loop.untilCatchUp()).isNull();
	}

	@Test
	void anApplicationThatTriggersItselfIsCaughtUpWithMoreAndMoreSeldom() {
		stop();
		Duration quiet = RecycleLoop.QUIET;
		for (int i = 0; i < 10; i++) {
			assertThat(this.loop.untilCatchUp()).isEqualTo(quiet);
			pass(quiet);
			assertThat(this.loop.catchUp()).isTrue();
			assertThat(changeAfterRecycle(DATA)).isEqualTo(Verdict.IGNORE);
			quiet = quiet.multipliedBy(2);
			quiet = (quiet.compareTo(RecycleLoop.LONGEST_QUIET) < 0) ? quiet : RecycleLoop.LONGEST_QUIET;
		}
	}

	@Test
	void aChangeLongAfterTheCatchUpCountsAtOnce() {
		stop();
		pass(RecycleLoop.QUIET);
		assertThat(this.loop.catchUp()).isTrue();
		recycle();
		pass(RecycleLoop.SOON.plusMillis(1));
		assertThat(this.loop.changed(Set.of(DATA))).isEqualTo(Verdict.RECYCLE);
	}

	@Test
	void aRecycleBecauseOfOtherFilesCatchesUp() {
		stop();
		assertThat(this.loop.changed(Set.of(OTHER))).isEqualTo(Verdict.RECYCLE);
		assertThat(this.loop.untilCatchUp()).isNull();
	}

	@Test
	void aRecycleByHandCatchesUp() {
		stop();
		this.loop.reset();
		assertThat(this.loop.untilCatchUp()).isNull();
	}

}
