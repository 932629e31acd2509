/**
 * Named pipes of Windows as Netty channels.
 */
@NullMarked
package io.iisnode.transport.windows;

import org.jspecify.annotations.NullMarked;
