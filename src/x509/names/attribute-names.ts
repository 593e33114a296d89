/** OpenSSL's names of attribute types: for people, and apart from what validates. */

/** Long names of a run of arcs; a gap is an empty word. */
const ATTRIBUTE_RUNS: Readonly<Record<string, string>> = {
  "2.5.4.3":
    "commonName surname serialNumber countryName localityName stateOrProvinceName streetAddress organizationName organizationalUnitName title description searchGuide businessCategory postalAddress postalCode postOfficeBox physicalDeliveryOfficeName telephoneNumber telexNumber teletexTerminalIdentifier facsimileTelephoneNumber x121Address internationaliSDNNumber registeredAddress destinationIndicator preferredDeliveryMethod presentationAddress supportedApplicationContext member owner roleOccupant seeAlso userPassword userCertificate cACertificate authorityRevocationList certificateRevocationList crossCertificatePair name givenName initials generationQualifier x500UniqueIdentifier dnQualifier enhancedSearchGuide protocolInformation distinguishedName uniqueMember houseIdentifier supportedAlgorithms deltaRevocationList dmdName",
  "2.5.4.65": "pseudonym",
  "2.5.4.72": "role",
  "2.5.4.97": "organizationIdentifier countryCode3c countryCode3n dnsName",
  "0.9.2342.19200300.100.1.1":
    "userId textEncodedORAddress rfc822Mailbox info favouriteDrink roomNumber photo userClass host manager documentIdentifier documentTitle documentVersion documentAuthor documentLocation",
  "0.9.2342.19200300.100.1.20":
    "homeTelephoneNumber secretary otherMailbox lastModifiedTime lastModifiedBy domainComponent aRecord pilotAttributeType27 mXRecord nSRecord sOARecord cNAMERecord",
  "0.9.2342.19200300.100.1.37":
    "associatedDomain associatedName homePostalAddress personalTitle mobileTelephoneNumber pagerTelephoneNumber friendlyCountryName uniqueIdentifier organizationalStatus janetMailbox mailPreferenceOption buildingName dSAQuality singleLevelQuality subtreeMinimumQuality subtreeMaximumQuality personalSignature dITRedirect audio documentPublisher",
  "1.2.840.113549.1.9.1":
    "emailAddress unstructuredName contentType messageDigest signingTime countersignature challengePassword unstructuredAddress extendedCertificateAttributes",
  "1.3.6.1.4.1.311.60.2.1.1":
    "jurisdictionLocalityName jurisdictionStateOrProvinceName jurisdictionCountryName",
  "1.2.643.100.1": "OGRN",
  "1.2.643.100.3": "SNILS",
  "1.2.643.100.5": "OGRNIP",
  "1.2.643.3.131.1.1": "INN",
};

/** Names with a blank in them do not fit the runs. */
const ATTRIBUTE_NAMES: Map<string, string> = new Map([
  ["1.2.840.113549.1.9.14", "Extension Request"],
  ["1.2.840.113549.1.9.15", "S/MIME Capabilities"],
  ["1.2.840.113549.1.9.16", "S/MIME"],
  ["1.2.840.113549.1.9.20", "friendlyName"],
  ["1.2.840.113549.1.9.21", "localKeyID"],
  ["1.3.6.1.4.1.311.20.2.3", "Microsoft User Principal Name"],
]);

for (const [first, names] of Object.entries(ATTRIBUTE_RUNS)) {
  const dot = first.lastIndexOf(".");
  const arc = Number(first.slice(dot + 1));
  names.split(" ").forEach((name, i) => {
    ATTRIBUTE_NAMES.set(`${first.slice(0, dot)}.${(arc + i).toString()}`, name);
  });
}

/**
 * OpenSSL's long name of an attribute type, or the dotted form itself. See
 * {@link Name} for an example.
 */
export function attributeName(oid: string): string {
  return ATTRIBUTE_NAMES.get(oid) ?? oid;
}
