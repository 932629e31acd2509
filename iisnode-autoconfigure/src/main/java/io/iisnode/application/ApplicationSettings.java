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
 * @param xffEnabled whether the application is told the address and scheme of its client
 * (<code>enable-xff</code>)
 * @param devErrorsEnabled whether error pages tell cause, command line and last words
 * (<code>dev-errors-enabled</code>)
 */
public record ApplicationSettings(ProcessSettings process, RapidFailSettings rapidFail, ConnectionSettings connection,
		ExchangeSettings exchange, QueueSettings queue, LogSettings log, @Nullable WatchSettings watch,
		boolean xffEnabled, boolean devErrorsEnabled) {
}
