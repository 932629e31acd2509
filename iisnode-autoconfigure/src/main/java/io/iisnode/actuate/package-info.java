/**
 * The actuator endpoint. Nothing but the auto-configuration imports this package.
 */
@NullMarked
package io.iisnode.actuate;

import org.jspecify.annotations.NullMarked;
