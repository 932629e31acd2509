/**
 * Unix domain sockets as Netty channels.
 */
@NullMarked
package io.iisnode.transport.unix;

import org.jspecify.annotations.NullMarked;
