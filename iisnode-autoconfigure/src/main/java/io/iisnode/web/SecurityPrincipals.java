package io.iisnode.web;

import java.security.Principal;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * What Spring Security knows about a client. Used only where that is present.
 */
final class SecurityPrincipals {

	private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

	private SecurityPrincipals() {
	}

	static boolean isAnonymous(Principal principal) {
		return principal instanceof Authentication authentication
				&& (!authentication.isAuthenticated() || TRUST.isAnonymous(authentication));
	}

	/**
	 * The authorities in their order, separated by commas.
	 */
	static @Nullable String authorities(Principal principal) {
		return (principal instanceof Authentication authentication) ? authentication.getAuthorities()
			.stream()
			.map(GrantedAuthority::getAuthority)
			.filter((authority) -> authority != null && !authority.isEmpty())
			.collect(Collectors.joining(",")) : null;
	}

}
