/**
 * What Windows tells of drives.
 */
@NullMarked
package io.iisnode.watch.windows;

import org.jspecify.annotations.NullMarked;
