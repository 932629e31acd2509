package io.iisnode.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.iisnode.process.FakeNode;
import io.iisnode.process.FakeNodes;
import io.iisnode.process.NodeProcessManager;
import io.iisnode.process.ProcessContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RecycleTriggers}.
 */
class RecycleTriggersTests {

	@TempDir
	private Path folder;

	@Test
	void theLastOfManyChangesIsNotLost() {
		try (FakeNodes nodes = new FakeNodes(this.folder).onLaunch(FakeNode::listen);
				FakeApplication fake = FakeApplication.with(nodes, 1, 1, 1)) {
			ProcessContext context = nodes.context(FakeNodes.settings(1, 1));
			Generations generations = new Generations(fake.application(), context, RecycleStrategy.READY_FIRST);
			RecycleTriggers triggers = new RecycleTriggers("test", generations, context,
					new RecycleLoop(System::nanoTime, Duration.ofMillis(200)));
			generations.current().start();
			await().until(() -> generations.current().isOpen());
			int last = RecycleLoop.MOST_IN_A_ROW + 1;
			for (int i = 1; i <= last; i++) {
				triggers.recycleBegan();
				triggers.filesChanged(Set.of(nodes.script()));
				triggers.recycleEnded();
				int next = i + 1;
				// The last one is ignored at first.
				await().until(() -> generations.current().generation() == next);
			}
			generations.dispose().join();
		}
	}

	/**
	 * Two processes of a generation ask at the same moment, and the recycle of the first
	 * has begun when the wish of the second is granted.
	 */
	@Test
	void aWishOfAGenerationThatIsReplacedAlreadyIsGranted() {
		try (FakeNodes nodes = new FakeNodes(this.folder).onLaunch(FakeNode::listen);
				FakeApplication fake = FakeApplication.with(nodes, 1, 1, 1)) {
			ProcessContext context = nodes.context(FakeNodes.settings(1, 1));
			Generations generations = new Generations(fake.application(), context, RecycleStrategy.READY_FIRST);
			RecycleTriggers triggers = new RecycleTriggers("test", generations, context,
					new RecycleLoop(System::nanoTime, Duration.ofMillis(200)));
			NodeProcessManager first = generations.current();
			first.start();
			await().until(first::isOpen);
			triggers.recycleRequested(first);
			triggers.recycleRequested(first);
			await().until(() -> generations.current().isOpen() && generations.current() != first);
			triggers.recycleRequested(first);
			await().until(() -> generations.state() == NodeApplicationState.ACTIVE);
			assertThat(generations.recycles()).isOne();
			assertThat(generations.current().generation()).isEqualTo(2);
			generations.dispose().join();
		}
	}

}
