/**
 * Node applications: which script is which, who waits, which generation serves.
 */
@NullMarked
package io.iisnode.application;

import org.jspecify.annotations.NullMarked;
