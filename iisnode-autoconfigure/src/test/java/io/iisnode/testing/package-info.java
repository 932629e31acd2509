/**
 * What the functional tests share: a host application, scripts, raw clients.
 */
@NullMarked
package io.iisnode.testing;

import org.jspecify.annotations.NullMarked;
