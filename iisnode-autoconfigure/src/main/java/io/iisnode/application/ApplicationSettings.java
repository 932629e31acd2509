package io.iisnode.application;

import org.jspecify.annotations.Nullable;

import io.iisnode.log.LogSettings;
import io.iisnode.process.ProcessSettings;
import io.iisnode.process.RapidFailSettings;
import io.iisnode.protocol.ExchangeSettings;
import io.iisnode.transport.ConnectionSettings;
import io.iisnode.watch.WatchSettings;

/**
 * All settings of one application, each group belonging to the package that uses it.
 *
 * @param process processes
 * @param rapidFail when failing processes are no longer started
 * @param connection connections to them
 * @param exchange HTTP exchanges
 * @param queue requests that wait
 * @param log captured output
 * @param watch files whose change recycles the application; null: none
 * @param recycleStrategy how generations change (<code>recycle-strategy</code>)
 * @param client what the application is told about its clients, and what they may send
 * @param sticky what ties requests to processes
 * @param files files that are served beside the application
 * @param devErrorsEnabled whether error pages tell cause, command line and last words
 * (<code>dev-errors-enabled</code>)
 * @param devErrorsStatus status of such a page (<code>dev-errors-status</code>); 0: that
 * of the error
 */
public record ApplicationSettings(ProcessSettings process, RapidFailSettings rapidFail, ConnectionSettings connection,
		ExchangeSettings exchange, QueueSettings queue, LogSettings log, @Nullable WatchSettings watch,
		RecycleStrategy recycleStrategy, ClientSettings client, StickySettings sticky, FileSettings files,
		boolean devErrorsEnabled, int devErrorsStatus) {

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ApplicationSettings {
		if (devErrorsStatus != 0 && (devErrorsStatus < 200 || devErrorsStatus > 599)) {
			throw new IllegalArgumentException(
					"dev-errors-status must be a status from 200 to 599, not " + devErrorsStatus);
		}
	}

}
