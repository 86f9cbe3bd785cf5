// SPDX-License-Identifier: Apache-2.0
// What libvirt's XML says of a domain, and what of it is not believed
#include "enforcer/hooks/libvirt_domain.h"

#include <gtest/gtest.h>

namespace xenacm::hooks {
namespace {

using nlohmann::json;

std::string domain(const std::string& inside) {
  return "<domain type='xen'><name>a</name><uuid>5ab0fd0e-0000-4000-8000-0000000000c2</uuid>" + inside + "</domain>";
}

json described(const std::string& inside) {
  const auto description = describe_libvirt_domain(domain(inside));
  if (description) return *description;
  ADD_FAILURE() << description.error();
  return json::object();
}

std::string error(const std::string& xml) {
  const auto description = describe_libvirt_domain(xml);
  return description ? "described: " + description->dump() : description.error();
}

TEST(LibvirtDomain, TellsNameAndUuid) {
  EXPECT_EQ(described(""), json::parse(R"({"name": "a", "uuid": "5ab0fd0e-0000-4000-8000-0000000000c2",
                                           "disks": [], "vifs": [], "pci": []})"));
}

TEST(LibvirtDomain, TellsTheLabelOfItsMetadataByNamespaceWhateverThePrefix) {
  for (const char* label : {
           "<metadata><xenacm:label xmlns:xenacm='urn:xenacm:1' policy='mytest'>A-Bank</xenacm:label></metadata>",
           "<metadata><x:label xmlns:x='urn:xenacm:1' policy='mytest'>\n A-Bank </x:label></metadata>",
           "<metadata><label xmlns='urn:xenacm:1' policy='mytest'>A-Bank</label></metadata>",
           "<metadata xmlns:x='urn:xenacm:1'><y:label xmlns:y='urn:y'>B</y:label>"
           "<x:label policy='mytest'>A-Bank</x:label></metadata>",
       }) {
    const json description = described(label);
    EXPECT_EQ(description.value("label", ""), "A-Bank") << label;
    EXPECT_EQ(description.value("policy", ""), "mytest") << label;
  }
}

TEST(LibvirtDomain, TakesNoOtherElementForTheLabel) {
  for (const char* other : {
           "<metadata><xenacm:label xmlns:xenacm='urn:other'>A-Bank</xenacm:label></metadata>",
           "<metadata><xenacm:label>A-Bank</xenacm:label></metadata>",
           "<metadata><x:name xmlns:x='urn:xenacm:1'>A-Bank</x:name></metadata>",
           "<metadata><deep><x:label xmlns:x='urn:xenacm:1'>A-Bank</x:label></deep></metadata>",
           "<x:label xmlns:x='urn:xenacm:1'>A-Bank</x:label>",
       }) {
    EXPECT_FALSE(described(other).contains("label")) << other;
  }
}

TEST(LibvirtDomain, TwoLabelsOrAnEmptyOneAreAnError) {
  const std::string label = "<x:label xmlns:x='urn:xenacm:1'>A-Bank</x:label>";
  EXPECT_EQ(error(domain("<metadata>" + label + label + "</metadata>")),
            "<metadata> has more than one label of xenacm");
  EXPECT_EQ(error(domain("<metadata><x:label xmlns:x='urn:xenacm:1'> </x:label></metadata>")),
            "the label in <metadata> is empty");
}

TEST(LibvirtDomain, TellsItsDevices) {
  const json description = described(R"(<devices>
    <disk type='file' device='disk'><source file='/vm/a.img'/><target dev='xvda'/></disk>
    <disk type='block'><source dev='/dev/vg/b'/><backenddomain name='diskdom'/></disk>
    <disk type='file' device='cdrom'><target dev='hdc'/></disk>
    <disk type='network'><source protocol='rbd' name='pool/image'/></disk>
    <interface type='bridge'><source bridge='xenbr0'/><backenddomain name='nicdom'/></interface>
    <interface type='network'><source network='default'/></interface>
    <interface type='network'><source network='default' bridge='virbr0'/></interface>
    <interface type='ethernet'/>
    <interface type='hostdev'><source><address type='pci' bus='5' slot='0x1f' function='7'/></source></interface>
    <hostdev mode='subsystem' type='pci'><source>
      <address domain='0x0001' bus='0x04' slot='0x00' function='0x0'/></source></hostdev>
    <hostdev mode='subsystem' type='usb'/>
  </devices>)");
  EXPECT_EQ(description["disks"],
            json::parse(R"([{"name": "/vm/a.img"}, {"name": "/dev/vg/b", "backend": "diskdom"}])"));
  EXPECT_EQ(description["vifs"], json::parse(R"([{"number": 0, "bridge": "xenbr0", "backend": "nicdom"},
                                                 {"number": 2, "bridge": "virbr0"}, {"number": 3}])"));
  EXPECT_EQ(description["pci"], json::parse(R"(["0000:05:1f.7", "0001:04:00.0"])"));
}

TEST(LibvirtDomain, APciAddressThatIsNotUnderstoodIsAnError) {
  for (const char* address : {"<address bus='0x04' slot='0x00'/>", "<address bus='x' slot='0' function='0'/>", "",
                              "<address bus='0x' slot='0' function='0'/>", "<address bus='-1' slot='0' function='0'/>",
                              "<address bus='99999999999999' slot='0' function='0'/>"}) {
    EXPECT_EQ(
        error(domain(std::string("<devices><hostdev type='pci'><source>") + address + "</source></hostdev></devices>")),
        "the address of a PCI device is not understood")
        << address;
  }
}

TEST(LibvirtDomain, IsRefusedWhereItCannotBeRead) {
  EXPECT_NE(error("").find("cannot be read"), std::string::npos);
  EXPECT_NE(error("<domain><name>a</name>").find("cannot be read"), std::string::npos);
  EXPECT_NE(error(std::string("\0<domain/>", 10)).find("libvirt's XML"), std::string::npos);
  EXPECT_EQ(error("<network/>"), "libvirt's XML has no <domain>");
  EXPECT_EQ(error("<domain/>"), "libvirt's XML gives the domain no name");
}

TEST(LibvirtDomain, EntitiesOfADocumentAreNotExpanded) {
  const auto description = describe_libvirt_domain(
      "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
      "<domain><name>&b;&f;</name></domain>");
  ASSERT_TRUE(description) << description.error();
  EXPECT_EQ(description->value("name", ""), "&b;&f;") << "which no domain is called";
}

TEST(LibvirtDomain, SurvivesDepth) {
  std::string deep;
  for (int i = 0; i < 300'000; ++i) deep += "<a>";
  EXPECT_NE(error("<domain>" + deep).find("cannot be read"), std::string::npos);
}

TEST(LibvirtPort, TellsOwnerAndBridge) {
  const auto port = describe_libvirt_port(R"(<hookData><network><name>labnet</name><bridge name='xenbr0'/></network>
    <networkport><owner><name>client</name><uuid>5ab0fd0e-0000-4000-8000-0000000000c1</uuid></owner>
    <plug type='bridge' bridge='xenbr1'/></networkport></hookData>)");
  ASSERT_TRUE(port) << port.error();
  EXPECT_EQ(port->owner, "client");
  EXPECT_EQ(port->uuid, "5ab0fd0e-0000-4000-8000-0000000000c1");
  EXPECT_EQ(port->bridge, "xenbr1");
}

TEST(LibvirtPort, WithoutAnOwnerIsAnError) {
  EXPECT_FALSE(describe_libvirt_port("<hookData><networkport/></hookData>"));
  EXPECT_FALSE(describe_libvirt_port("<hookData/>"));
  EXPECT_FALSE(describe_libvirt_port("<domain/>"));
}

}  // namespace
}  // namespace xenacm::hooks
