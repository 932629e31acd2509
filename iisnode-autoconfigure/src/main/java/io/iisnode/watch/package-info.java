/**
 * Tells that the files of an application changed: {@link io.iisnode.watch.FileWatcher}
 * compares what it sees of the watched files before and after, woken by the file system
 * where that can be had, by the clock elsewhere. A leaf: nothing of the other packages is
 * known here.
 */
@NullMarked
package io.iisnode.watch;

import org.jspecify.annotations.NullMarked;
