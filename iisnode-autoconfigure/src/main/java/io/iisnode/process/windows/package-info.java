/**
 * Processes on Windows: a job object for all of them, command lines, the search for
 * executables.
 */
@NullMarked
package io.iisnode.process.windows;

import org.jspecify.annotations.NullMarked;
