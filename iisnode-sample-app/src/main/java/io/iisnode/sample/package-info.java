/**
 * A small application that hosts Node.js applications beside its own controller.
 */
@NullMarked
package io.iisnode.sample;

import org.jspecify.annotations.NullMarked;
