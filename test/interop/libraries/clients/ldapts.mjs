/** ldapts over ldaps. */
import { Attribute, Client } from "ldapts";

export const client = {
  async open({ host, port, patience, user, password, ...tlsOptions }) {
    const ldap = new Client({
      url: `ldaps://${host}:${port}`,
      ...{ tlsOptions, timeout: patience, connectTimeout: patience },
      strictDN: false,
    });
    const bind = () => ldap.bind(user, password);
    const hello = async () => {
      await bind();
      const { searchEntries } = await ldap.search("", {
        ...{ scope: "base", attributes: ["namingContexts"] },
      });
      return `hello from ${searchEntries[0].namingContexts}`;
    };
    return {
      ask: hello,
      transfer: async (bytes) => {
        await bind();
        await ldap.add("dc=checks", {
          ...{ objectClass: ["dcObject", "organization"], dc: "checks" },
          o: "checks",
        });
        await ldap.add("cn=bytes,dc=checks", [
          new Attribute({ type: "objectClass", values: ["inetOrgPerson"] }),
          new Attribute({ type: "sn", values: ["bytes"] }),
          new Attribute({ type: "jpegPhoto", values: [bytes] }),
        ]);
        const { searchEntries } = await ldap.search("cn=bytes,dc=checks", {
          ...{ scope: "base", explicitBufferAttributes: ["jpegPhoto"] },
        });
        return searchEntries[0].jpegPhoto;
      },
      // The client has no event for a lost connection; its next call has it.
      lost: async () => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        return ldap.isConnected ? "still connected" : "not connected";
      },
      close: () => ldap.unbind().catch(() => undefined),
    };
  },
};
