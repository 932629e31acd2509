package io.iisnode.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Settings for fake processes: short to write, and all else as it does not matter.
 */
public final class TestSettings {

	private final int count;

	private final int concurrency;

	private int minimum;

	private ProcessActivation activation = ProcessActivation.ALL;

	private ProcessSelection selection = ProcessSelection.ROUND_ROBIN;

	private Duration startupTimeout = Duration.ofSeconds(30);

	private Duration grace = Duration.ofSeconds(10);

	private Duration idleTimeout;

	private ProcessLimits limits = ProcessLimits.NONE;

	private TestSettings(int count, int concurrency) {
		this.count = count;
		this.concurrency = concurrency;
	}

	/**
	 * Begins.
	 * @param count processes
	 * @param concurrency active requests for each
	 */
	public static TestSettings of(int count, int concurrency) {
		return new TestSettings(count, concurrency);
	}

	public TestSettings minimum(int value) {
		this.minimum = value;
		return this;
	}

	public TestSettings onDemand() {
		return activation(ProcessActivation.ON_DEMAND);
	}

	public TestSettings activation(ProcessActivation value) {
		this.activation = value;
		return this;
	}

	public TestSettings selection(ProcessSelection value) {
		this.selection = value;
		return this;
	}

	public TestSettings startupTimeout(Duration value) {
		this.startupTimeout = value;
		return this;
	}

	public TestSettings grace(Duration value) {
		this.grace = value;
		return this;
	}

	public TestSettings idleTimeout(Duration value) {
		this.idleTimeout = value;
		return this;
	}

	public TestSettings limits(ProcessLimits value) {
		this.limits = value;
		return this;
	}

	public ProcessSettings build() {
		return new ProcessSettings(List.of("node"), List.of(), this.count, this.minimum, this.concurrency,
				this.activation, this.selection, this.startupTimeout, this.grace, "", Map.of(), this.idleTimeout,
				this.limits);
	}

}
