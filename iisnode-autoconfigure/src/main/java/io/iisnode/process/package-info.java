/**
 * Node processes: launching, choosing, throttling, terminating.
 */
@NullMarked
package io.iisnode.process;

import org.jspecify.annotations.NullMarked;
