/**
 * What a node process prints, kept outside of node: {@link io.iisnode.log.ProcessLog}
 * reads the standard output and the standard error of one process into bounded files, and
 * keeps the last words in memory. A leaf: nothing of the other packages is known here.
 */
@NullMarked
package io.iisnode.log;

import org.jspecify.annotations.NullMarked;
