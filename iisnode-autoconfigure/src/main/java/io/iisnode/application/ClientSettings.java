package io.iisnode.application;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;

/**
 * What an application is told about its clients, and what clients may tell it.
 *
 * @param forwardedHeaders fields that name the client (<code>forwarded-headers</code>)
 * @param xffEnabled whether they have iisnode's form instead (<code>enable-xff</code>)
 * @param trustedProxies networks in CIDR notation, or single addresses, whose word about
 * their clients counts (<code>trusted-proxies</code>)
 * @param promotedVariables server variables that are sent as
 * <code>X-iisnode-&lt;NAME&gt;</code> (<code>promote-server-vars</code>)
 * @param droppedHeaders names in small letters of fields of clients that never reach the
 * application (<code>dropped-request-headers</code>); one may end with <code>*</code>
 * @param maxBodySize longest body of a request in bytes
 * (<code>max-request-body-size</code>); 0: no limit
 */
public record ClientSettings(ForwardedHeaders forwardedHeaders, boolean xffEnabled, List<String> trustedProxies,
		List<ServerVariable> promotedVariables, List<String> droppedHeaders, long maxBodySize) {

	/**
	 * Four fields name the client, nobody is trusted, what frameworks have for themselves
	 * is dropped, no limit.
	 */
	public static final ClientSettings DEFAULTS = new ClientSettings(ForwardedHeaders.X_FORWARDED, false, List.of(),
			List.of(),
			List.of("x-middleware-subrequest", "x-middleware-subrequest-id", "x-middleware-rewrite",
					"x-middleware-redirect", "x-middleware-next", "x-middleware-skip", "x-middleware-set-cookie",
					"x-middleware-override-headers", "x-middleware-request-*", "x-now-route-matches", "x-matched-path",
					"x-invoke-*", "x-react-router-spa-mode", "x-react-router-prerender-data", "x-original-url",
					"x-rewrite-url"),
			0);

	/**
	 * Creates the settings.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public ClientSettings {
		trustedProxies = List.copyOf(trustedProxies);
		trustedProxies.forEach(ClientSettings::rule);
		promotedVariables = List.copyOf(promotedVariables);
		droppedHeaders = droppedHeaders.stream().map((name) -> name.strip().toLowerCase(Locale.ROOT)).toList();
		for (String name : droppedHeaders) {
			if (!name.matches("[a-z0-9!#$%&'+.^_`|~-]+\\*?")) {
				throw new IllegalArgumentException("dropped-request-headers has '" + name
						+ "', which is not the name of a header field, or the beginning of one and *");
			}
		}
		if (maxBodySize < 0) {
			throw new IllegalArgumentException("max-request-body-size must not be negative, but is " + maxBodySize);
		}
	}

	/**
	 * The networks of trusted proxies, ready to be compared with.
	 * @return one rule each
	 */
	public List<IpSubnetFilterRule> trustedRules() {
		return this.trustedProxies.stream().map(ClientSettings::rule).toList();
	}

	private static IpSubnetFilterRule rule(String network) {
		String[] parts = network.strip().split("/", -1);
		InetAddress address = NetUtil.createInetAddressFromIpAddressString(parts[0]);
		if (address != null && parts.length <= 2) {
			int length = address.getAddress().length * Byte.SIZE;
			try {
				return new IpSubnetFilterRule(address, (parts.length == 2) ? Integer.parseInt(parts[1]) : length,
						IpFilterRuleType.ACCEPT);
			}
			catch (IllegalArgumentException ex) {
				// Said below.
			}
		}
		throw new IllegalArgumentException("trusted-proxies has '" + network
				+ "', which is neither an address nor a network such as 10.0.0.0/8 or fd00::/8");
	}

}
