package io.iisnode.web;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.X509Certificate;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.ClassUtils;

import io.iisnode.application.ServerVariable;

/**
 * Values of {@link ServerVariable server variables}.
 */
final class ServerVariables {

	private static final boolean SECURITY_PRESENT = ClassUtils
		.isPresent("org.springframework.security.core.Authentication", ServerVariables.class.getClassLoader());

	private ServerVariables() {
	}

	/**
	 * The value of a variable, as text of any kind.
	 * @return null if there is none
	 */
	static @Nullable String value(ServerVariable variable, ClientFacts facts) {
		return switch (variable) {
			case AUTH_TYPE, AUTH_USER, LOGON_USER, REMOTE_USER, AUTH_AUTHORITIES ->
				ofPrincipal(variable, facts.principal());
			case REMOTE_ADDR, REMOTE_HOST -> facts.clientAddress();
			case REMOTE_PORT -> port(facts.request().getRemoteAddress());
			case LOCAL_ADDR -> ClientFacts.text(facts.request().getLocalAddress());
			case HTTPS -> facts.isSecure() ? "on" : "off";
			case SERVER_NAME -> facts.request().getURI().getHost();
			case SERVER_PORT -> facts.port();
			case SERVER_PORT_SECURE -> facts.isSecure() ? "1" : "0";
			case SERVER_PROTOCOL -> facts.nativeRequest().version().text();
			case REQUEST_METHOD -> facts.request().getMethod().name();
			case QUERY_STRING -> facts.request().getURI().getRawQuery();
			case CERT_SUBJECT, CERT_ISSUER, CERT_SERIALNUMBER -> ofCertificate(variable, facts.request().getSslInfo());
		};
	}

	private static @Nullable String ofPrincipal(ServerVariable variable, @Nullable Principal principal) {
		if (principal == null || (SECURITY_PRESENT && SecurityPrincipals.isAnonymous(principal))) {
			return null;
		}
		return switch (variable) {
			case AUTH_TYPE -> principal.getClass().getSimpleName();
			case AUTH_AUTHORITIES -> SECURITY_PRESENT ? SecurityPrincipals.authorities(principal) : null;
			default -> principal.getName();
		};
	}

	private static @Nullable String ofCertificate(ServerVariable variable, @Nullable SslInfo tls) {
		X509Certificate @Nullable [] chain = (tls != null) ? tls.getPeerCertificates() : null;
		if (chain == null || chain.length == 0) {
			return null;
		}
		X509Certificate certificate = chain[0];
		return switch (variable) {
			case CERT_SUBJECT -> certificate.getSubjectX500Principal().getName();
			case CERT_ISSUER -> certificate.getIssuerX500Principal().getName();
			default -> certificate.getSerialNumber().toString(16);
		};
	}

	private static @Nullable String port(@Nullable InetSocketAddress address) {
		return (address != null) ? Integer.toString(address.getPort()) : null;
	}

}
