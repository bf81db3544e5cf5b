"""The catalogue of public services (一库): service items as data files, checked, imported as versions, read by everybody."""

from records.catalogue.items import FieldChoice, FormField, Item, Material, Theme
from records.catalogue.reading import CatalogueError, Contents, read_files, sample_files
from records.catalogue.store import Catalogue, ImportReport

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Contents",
    "FieldChoice",
    "FormField",
    "ImportReport",
    "Item",
    "Material",
    "Theme",
    "read_files",
    "sample_files",
]
