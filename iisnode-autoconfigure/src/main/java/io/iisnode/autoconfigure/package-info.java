/**
 * Beans, properties and failure analyzers. Nothing imports this package.
 */
@NullMarked
package io.iisnode.autoconfigure;

import org.jspecify.annotations.NullMarked;
