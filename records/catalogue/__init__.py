"""The catalogue of public services (一库): service items as data files, checked, imported as versions, read by everybody."""

from records.catalogue.directory import Approval, Directory, Office, directory_files, read_directory
from records.catalogue.importing import ImportReport
from records.catalogue.items import Domain, FieldChoice, FormField, Item, Material, Theme, Ways
from records.catalogue.paper import PaperCatalogue, sample_catalogue
from records.catalogue.reading import CatalogueError, Contents, read_files, sample_files
from records.catalogue.store import Catalogue

__all__ = [
    "Approval",
    "Catalogue",
    "CatalogueError",
    "Contents",
    "Directory",
    "Domain",
    "FieldChoice",
    "FormField",
    "ImportReport",
    "Item",
    "Material",
    "Office",
    "PaperCatalogue",
    "Theme",
    "Ways",
    "directory_files",
    "read_directory",
    "read_files",
    "sample_catalogue",
    "sample_files",
]
