package io.iisnode.application;

import io.iisnode.log.LogSettings;
import io.iisnode.process.ProcessSettings;
import io.iisnode.protocol.ExchangeSettings;
import io.iisnode.transport.ConnectionSettings;

/**
 * All settings of one application, each group belonging to the package that uses it.
 *
 * @param process processes
 * @param connection connections to them
 * @param exchange HTTP exchanges
 * @param queue requests that wait
 * @param log captured output
 * @param devErrorsEnabled whether error pages tell cause, command line and last words
 * (<code>dev-errors-enabled</code>)
 */
public record ApplicationSettings(ProcessSettings process, ConnectionSettings connection, ExchangeSettings exchange,
		QueueSettings queue, LogSettings log, boolean devErrorsEnabled) {
}
