# SPDX-License-Identifier: GPL-2.0-only
# sbom.awk - deploy/libraries.tsv and the rows of deploy/sbom become an SPDX 2.3 document.

function quote(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

# package ID NAME VERSION LICENCE HOME MORE: one object of "packages"
function package(id, name, number, licence, home, more) {
	printf "%s\n    {\"SPDXID\": %s, \"name\": %s, \"versionInfo\": %s,\n", nr++ ? "," : "", \
		quote("SPDXRef-" id), quote(name), quote(number == "-" ? "NOASSERTION" : number)
	printf "     \"downloadLocation\": %s, \"filesAnalyzed\": false,\n", quote(home)
	printf "     \"licenseConcluded\": %s, \"licenseDeclared\": %s,\n", quote(licence), quote(licence)
	printf "     \"copyrightText\": \"NOASSERTION\"%s}", more
}

FILENAME == ARGV[1] {
	if (!/^#/ && NF) {
		project[$1] = $2
		licence[$1] = $3
		home[$1] = $4
	}
	next
}

{
	stem[++rows] = $1
	debian[rows] = $2
	number[rows] = $3
	arch[rows] = $4
}

END {
	print "{"
	print "  \"spdxVersion\": \"SPDX-2.3\", \"dataLicense\": \"CC0-1.0\", \"SPDXID\": \"SPDXRef-DOCUMENT\","
	printf "  \"name\": %s,\n", quote("vmascope-" version)
	printf "  \"documentNamespace\": %s,\n", \
		quote("https://spdx.org/spdxdocs/vmascope-" version "-" commit "-" tolower(linked))
	printf "  \"creationInfo\": {\"created\": %s, \"creators\": [\"Tool: vmascope-deploy-sbom\"]},\n", \
		quote(created)
	print "  \"hasExtractedLicensingInfos\": [{\"licenseId\": \"LicenseRef-public-domain\","
	print "    \"extractedText\": \"liblzma is in the public domain.\"}],"
	printf "  \"packages\": ["
	package("vmascope", "vmascope", version, "GPL-2.0-only", "NOASSERTION", \
		", \"sourceInfo\": " quote("commit " commit))
	package("uPlot", "uPlot", uplot, "MIT", "https://github.com/leeoniya/uPlot", \
		", \"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\", " \
		"\"referenceType\": \"purl\", \"referenceLocator\": " quote("pkg:npm/uplot@" uplot) "}]")
	for (i = 1; i <= rows; i++) {
		s = stem[i]
		purl = ""
		if (debian[i] != "-") {
			v = number[i]
			gsub(/\+/, "%2B", v)
			gsub(/:/, "%3A", v)
			purl = ", \"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\", " \
				"\"referenceType\": \"purl\", \"referenceLocator\": " \
				quote("pkg:deb/debian/" debian[i] "@" v "?arch=" arch[i]) "}]"
		}
		id = s
		gsub(/[^A-Za-z0-9.-]/, "-", id)
		package(id, s, number[i], s in licence ? licence[s] : "NOASSERTION", \
			s in home ? home[s] : "NOASSERTION", \
			(s in project ? ", \"supplier\": \"NOASSERTION\", \"comment\": " \
				quote("part of " project[s]) : "") purl)
	}
	print "\n  ],"
	printf "  \"relationships\": [\n"
	printf "    {\"spdxElementId\": \"SPDXRef-DOCUMENT\", \"relationshipType\": \"DESCRIBES\", "
	print "\"relatedSpdxElement\": \"SPDXRef-vmascope\"},"
	printf "    {\"spdxElementId\": \"SPDXRef-vmascope\", \"relationshipType\": \"CONTAINS\", "
	printf "\"relatedSpdxElement\": \"SPDXRef-uPlot\"}"
	for (i = 1; i <= rows; i++) {
		id = stem[i]
		gsub(/[^A-Za-z0-9.-]/, "-", id)
		printf ",\n    {\"spdxElementId\": \"SPDXRef-vmascope\", \"relationshipType\": %s, ", \
			quote(linked)
		printf "\"relatedSpdxElement\": %s}", quote("SPDXRef-" id)
	}
	print "\n  ]\n}"
}
