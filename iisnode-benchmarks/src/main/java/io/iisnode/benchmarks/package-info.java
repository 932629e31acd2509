/**
 * A minimal application to measure.
 */
@NullMarked
package io.iisnode.benchmarks;

import org.jspecify.annotations.NullMarked;
