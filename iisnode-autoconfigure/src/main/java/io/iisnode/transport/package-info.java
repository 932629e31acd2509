/**
 * Pipes to node processes: addresses, connecting with retry, reuse of connections.
 */
@NullMarked
package io.iisnode.transport;

import org.jspecify.annotations.NullMarked;
