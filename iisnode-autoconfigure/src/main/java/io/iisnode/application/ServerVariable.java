package io.iisnode.application;

/**
 * Server variables, by the names that IIS gives them, that an application can be told of
 * (<code>promote-server-vars</code>).
 */
public enum ServerVariable {

	/** How the client has logged in: the kind of its principal. */
	AUTH_TYPE,

	/** Who the client is. */
	AUTH_USER,

	/** The same. */
	LOGON_USER,

	/** The same. */
	REMOTE_USER,

	/** Not one of IIS: what Spring Security allows the client, separated by commas. */
	AUTH_AUTHORITIES,

	/** Address of the client. */
	REMOTE_ADDR,

	/** The same, as names are not looked up. */
	REMOTE_HOST,

	/** Port of the client. */
	REMOTE_PORT,

	/** Address that the client is connected to. */
	LOCAL_ADDR,

	/** Whether the client speaks TLS: <code>on</code> or <code>off</code>. */
	HTTPS,

	/** Host that the client asked. */
	SERVER_NAME,

	/** Port that the client asked. */
	SERVER_PORT,

	/** Whether the client speaks TLS: <code>1</code> or <code>0</code>. */
	SERVER_PORT_SECURE,

	/** Version of HTTP. */
	SERVER_PROTOCOL,

	/** Method of the request. */
	REQUEST_METHOD,

	/** Query of the request, as the client sent it. */
	QUERY_STRING,

	/** Subject of the client's certificate. */
	CERT_SUBJECT,

	/** Issuer of the client's certificate. */
	CERT_ISSUER,

	/** Serial number of the client's certificate, hexadecimal. */
	CERT_SERIALNUMBER;

	/**
	 * Whether it is about who the client is logged in as.
	 * @return true if a principal has to be asked for
	 */
	public boolean isAboutPrincipal() {
		return ordinal() <= AUTH_AUTHORITIES.ordinal();
	}

}
