/**
 * HTTP between a client and the pipe of a node process. Knows neither WebFlux nor Spring.
 */
@NullMarked
package io.iisnode.protocol;

import org.jspecify.annotations.NullMarked;
