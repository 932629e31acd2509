package io.iisnode.application;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PendingRequestQueue}.
 */
class PendingRequestQueueTests {

	private final PendingRequestQueue<String> queue = new PendingRequestQueue<>(3);

	@Test
	void firstInFirstOut() {
		this.queue.offer("a");
		this.queue.offer("b");
		assertThat(this.queue.poll()).isEqualTo("a");
		this.queue.offer("c");
		assertThat(this.queue.poll()).isEqualTo("b");
		assertThat(this.queue.poll()).isEqualTo("c");
		assertThat(this.queue.poll()).isNull();
	}

	@Test
	void aFullQueueTakesNoMoreUntilOneHasLeft() {
		assertThat(this.queue.offer("a")).isTrue();
		assertThat(this.queue.offer("b")).isTrue();
		assertThat(this.queue.offer("c")).isTrue();
		assertThat(this.queue.offer("d")).isFalse();
		assertThat(this.queue.size()).isEqualTo(this.queue.capacity());
		this.queue.remove("b");
		assertThat(this.queue.offer("d")).isTrue();
	}

	@Test
	void inAQueueWithoutPlacesNobodyWaits() {
		PendingRequestQueue<String> none = new PendingRequestQueue<>(0);
		assertThat(none.offer("a")).isFalse();
		assertThat(none.isEmpty()).isTrue();
	}

	@Test
	void oneWhoLeavesIsNotTakenAndCannotLeaveAgain() {
		this.queue.offer("a");
		this.queue.offer("b");
		assertThat(this.queue.remove("a")).isTrue();
		assertThat(this.queue.remove("a")).isFalse();
		assertThat(this.queue.poll()).isEqualTo("b");
		assertThat(this.queue.remove("b")).isFalse();
	}

	@Test
	void whoIsPutBackIsBeforeAllOthersEvenInAFullQueue() {
		this.queue.offer("a");
		this.queue.offer("b");
		this.queue.offer("c");
		this.queue.poll();
		this.queue.poll();
		this.queue.offer("d");
		this.queue.offer("e");
		this.queue.putBack("a");
		this.queue.putBack("b");
		assertThat(this.queue.size()).isEqualTo(5);
		assertThat(this.queue.offer("f")).isFalse();
		assertThat(this.queue.remove("b")).isTrue();
		assertThat(this.queue.removeAll()).containsExactly("a", "c", "d", "e");
	}

	@Test
	void allAreTakenInTheirOrder() {
		this.queue.offer("a");
		this.queue.offer("b");
		assertThat(this.queue.removeAll()).containsExactly("a", "b");
		assertThat(this.queue.isEmpty()).isTrue();
		assertThat(this.queue.removeAll()).isEmpty();
	}

}
